#include "codec/domain_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace aisle {
namespace {

TEST(DomainJson, M9_UndefinedMeasuresAreNullAndReadBackAsUndefined) {
  Measures measures;
  measures.accuracy = 0.75;
  measures.top_k_accuracy = {0.75, 0.9};
  const Json json = measures_to_json(measures);
  EXPECT_EQ(json["accuracy"], 0.75);
  EXPECT_TRUE(json["jaccard"].is_null());
  const Measures back = measures_from_json(json);
  EXPECT_EQ(back.accuracy, 0.75);
  EXPECT_TRUE(std::isnan(back.jaccard));
  EXPECT_EQ(back.top_k_accuracy, measures.top_k_accuracy);
}

TEST(DomainJson, ErrorsHaveTheFormOfTheContract) {
  const Json json = to_json(Error(ErrorCode::kNotFound, "no task x", {{"task", "x"}}));
  EXPECT_EQ(json.dump(), R"({"error":{"code":"not_found","message":"no task x","context":{"task":"x"}}})");
}

TEST(DomainJson, D2_AProblemNamesItsPlace) {
  const Problem problem{
      .kind = ProblemKind::kEncoding, .file = "a.csv", .row = 7, .column = "title", .message = "not UTF-8"};
  const Json json = to_json(problem);
  EXPECT_EQ(json["severity"], "rejected");
  EXPECT_EQ(json["row"], 7);
  EXPECT_TRUE(json["id"].is_null());
}

}  // namespace
}  // namespace aisle
