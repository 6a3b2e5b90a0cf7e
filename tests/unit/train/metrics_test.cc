#include "train/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

namespace aisle {
namespace {

using Json = nlohmann::json;

struct Case {
  explicit Case(const Json& json)
      : name(json.at("name")),
        kind(parse_task_kind(json.at("kind").get<std::string>())),
        classes(json.at("classes")),
        limit(json.at("limit")),
        truth(json.at("truth")),
        probabilities(json.at("probabilities")),
        expected(json.at("expected")) {
    for (std::size_t i = 0; i < expected.at("support").size(); ++i) labels.push_back("class " + std::to_string(i));
  }

  // By falling probability; a category's first, or every tag over the limit, is selected.
  Prediction answer(std::size_t item) const {
    Prediction prediction;
    const std::vector<float>& p = probabilities[item];
    std::vector<std::uint32_t> order(p.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p[a] > p[b]; });
    for (const std::uint32_t label : order) {
      const bool selected = kind == TaskKind::kTags ? p[label] >= limit : label == order.front();
      prediction.labels.push_back({label, p[label], selected});
    }
    const bool sure = p[order.front()] >= limit;
    prediction.decision = sure ? Decision::kSure : Decision::kUnsure;
    return prediction;
  }

  // Items shared between `parts` accumulators, which are merged at the end.
  Metrics measure(std::size_t parts) const {
    std::vector<Metrics> metrics(parts, Metrics(kind, classes));
    for (std::size_t i = 0; i < truth.size(); ++i) metrics[i % parts].add(truth[i], answer(i), probabilities[i]);
    for (std::size_t i = 1; i < parts; ++i) metrics[0].merge(metrics[i]);
    return metrics[0];
  }

  std::string name;
  TaskKind kind;
  std::size_t classes;
  float limit;
  std::vector<std::vector<std::uint32_t>> truth;
  std::vector<std::vector<float>> probabilities;
  Json expected;
  std::vector<std::string> labels;
};

std::vector<Case> reference_cases() {
  std::ifstream file(AISLE_TEST_DATA "/measures.json");
  std::vector<Case> cases;
  const Json json = Json::parse(file);
  for (const Json& one : json.at("cases")) cases.emplace_back(one);
  return cases;
}

void expect_same(double measured, const Json& expected, const std::string& what) {
  if (expected.is_null()) {
    EXPECT_TRUE(std::isnan(measured)) << what << " is " << measured;
  } else {
    EXPECT_NEAR(measured, expected.get<double>(), 1e-9) << what;
  }
}

Json expected_or_null(const Json& expected, const char* key) {
  return expected.value(key, Json());
}

TEST(Metrics, M9_AgreesWithScikitLearn) {
  for (const Case& one : reference_cases()) {
    SCOPED_TRACE(std::string(to_string(one.kind)) + ": " + one.name);
    const Metrics metrics = one.measure(1);
    const Measures m = metrics.measures();
    const std::pair<const char*, double> named[] = {{"accuracy", m.accuracy},
                                                    {"weighted_f1", m.weighted_f1},
                                                    {"macro_f1", m.macro_f1},
                                                    {"micro_f1", m.micro_f1},
                                                    {"jaccard", m.jaccard},
                                                    {"any_right", m.any_right},
                                                    {"all_right", m.all_right},
                                                    {"coverage", m.coverage},
                                                    {"no_prediction", m.no_prediction},
                                                    {"sure_precision", m.sure_precision},
                                                    {"expected_calibration_error", m.expected_calibration_error}};
    for (const auto& [key, measured] : named) expect_same(measured, expected_or_null(one.expected, key), key);
    EXPECT_EQ(metrics.unknown(), one.expected.at("unknown_labels"));
    const Json top_k = one.expected.value("top_k_accuracy", Json::array());
    ASSERT_EQ(m.top_k_accuracy.size(), top_k.size());
    for (std::size_t i = 0; i < top_k.size(); ++i) expect_same(m.top_k_accuracy[i], top_k[i], "top k");
  }
}

TEST(Metrics, M9_TableOfClassesAgreesWithScikitLearn) {
  for (const Case& one : reference_cases()) {
    SCOPED_TRACE(std::string(to_string(one.kind)) + ": " + one.name);
    const std::vector<ClassMeasures> table = one.measure(1).per_class(one.labels);
    ASSERT_LE(table.size(), one.labels.size());  // unknown labels that never came have no row
    for (const ClassMeasures& row : table) {
      const auto index =
          static_cast<std::size_t>(std::find(one.labels.begin(), one.labels.end(), row.label) - one.labels.begin());
      EXPECT_EQ(row.support, one.expected.at("support")[index]);
      expect_same(row.precision, one.expected.at("precision")[index], row.label + " precision");
      expect_same(row.recall, one.expected.at("recall")[index], row.label + " recall");
      expect_same(row.f1, one.expected.at("f1")[index], row.label + " F1");
    }
    EXPECT_TRUE(std::is_sorted(table.begin(), table.end(), [](auto& a, auto& b) { return a.support > b.support; }));
  }
}

TEST(Metrics, M9_ConfusionAgreesWithScikitLearn) {
  for (const Case& one : reference_cases()) {
    std::vector<std::tuple<std::string, std::string, std::int64_t>> expected, measured;
    for (const Json& cell : one.expected.value("confusion", Json::array())) {
      expected.emplace_back(one.labels[cell[0]], one.labels[cell[1]], cell[2]);
    }
    for (const ConfusionCell& cell : one.measure(1).confusion(one.labels)) {
      measured.emplace_back(cell.truth, cell.answer, cell.count);
    }
    std::sort(expected.begin(), expected.end());
    std::sort(measured.begin(), measured.end());
    EXPECT_EQ(measured, expected) << one.name;
  }
}

TEST(Metrics, PartsMergeToExactlyTheSameMeasures) {
  for (const Case& one : reference_cases()) {
    const Metrics whole = one.measure(1), merged = one.measure(7);
    EXPECT_EQ(whole.measures().expected_calibration_error, merged.measures().expected_calibration_error);
    EXPECT_EQ(whole.measures().weighted_f1, merged.measures().weighted_f1);
    const double a = whole.measures().jaccard, b = merged.measures().jaccard;
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
    EXPECT_EQ(whole.items(), merged.items());
  }
}

TEST(Metrics, MeasuresOfNothingAreUndefined) {
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const Measures m = Metrics(kind, 3).measures();
    for (const double measure : {m.accuracy, m.weighted_f1, m.macro_f1, m.micro_f1, m.jaccard, m.any_right, m.all_right,
                                 m.coverage, m.no_prediction, m.sure_precision, m.expected_calibration_error}) {
      EXPECT_TRUE(std::isnan(measure));
    }
    for (const double share : m.top_k_accuracy) EXPECT_TRUE(std::isnan(share));
  }
}

TEST(Calibration, HasFifteenEqualBinsWithZeroInTheFirstAndOneInTheLast) {
  Reliability calibration;
  for (const float p : {0.0F, 0.0666F, 0.0667F, 1.0F}) calibration.add(p, true);
  const std::vector<CalibrationBin> bins = calibration.bins();
  ASSERT_EQ(bins.size(), 15U);
  EXPECT_EQ(bins[0].count, 2);
  EXPECT_EQ(bins[1].count, 1);
  EXPECT_EQ(bins[14].count, 1);
  EXPECT_TRUE(std::isnan(bins[7].accuracy));
}

TEST(Calibration, ErrorIsTheWeightedGap) {
  Reliability calibration;
  for (int i = 0; i < 10; ++i) calibration.add(0.9F, i < 7);  // says 0.9, is 0.7
  for (int i = 0; i < 30; ++i) calibration.add(0.5F, i < 15);
  EXPECT_NEAR(calibration.expected_error(), 0.25 * 0.2, 1e-6);
}

}  // namespace
}  // namespace aisle
