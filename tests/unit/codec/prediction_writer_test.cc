#include "codec/prediction_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "codec/json_text.h"

namespace aisle {
namespace {

using nlohmann::json;

const std::vector<LabelInfo> kLabels = {{"games", "Games & \"fun\"", 3}, {"net\\work", "", 1}, {"été", "Été\n", 2}};

TEST(PredictionWriter, WritesTheContractsAnswer) {
  const PredictionWriter writer(kLabels, "apps", 7);
  Prediction prediction;
  prediction.labels = {{2, 0.75F, true}, {0, 0.2F, false}, {1, 1e-7F, false}};
  prediction.decision = Decision::kSure;
  std::string out;
  writer.append(out, prediction, 0.25);
  const json expected = {
      {"task", "apps"},
      {"version", 7},
      {"predictions",
       {{{"label", "été"}, {"name", "Été\n"}, {"probability", 0.75}, {"selected", true}},
        {{"label", "games"}, {"name", "Games & \"fun\""}, {"probability", 0.2}, {"selected", false}},
        {{"label", "net\\work"}, {"name", "net\\work"}, {"probability", 1e-7}, {"selected", false}}}},
      {"decision", "sure"},
      {"latency_ms", 0.25}};
  EXPECT_EQ(json::parse(out), expected) << out;
}

TEST(PredictionWriter, AddsWhatStandsBesideTheAnswer) {
  const PredictionWriter writer(kLabels, "apps", 1);
  const Explanation explanation{1, {{"title", "chess\t", 1.5}, {"body", "x", -0.25}}};
  std::string out;
  writer.append(out, Prediction{}, 1, {"item \"1\"", "abc", &explanation});
  const json answer = json::parse(out);
  EXPECT_EQ(answer["id"], "item \"1\"");
  EXPECT_EQ(answer["prediction_id"], "abc");
  EXPECT_EQ(answer["decision"], "unsure");
  EXPECT_EQ(answer["predictions"], json::array());
  EXPECT_EQ(answer["explanation"]["label"], "net\\work");
  EXPECT_EQ(answer["explanation"]["evidence"][0], (json{{"field", "title"}, {"text", "chess\t"}, {"weight", 1.5}}));
  EXPECT_EQ(answer["explanation"]["evidence"][1]["weight"], -0.25);
}

TEST(PredictionWriter, M6_TellsWhatEachMemberSaid) {
  const std::vector<std::string> members = {"linear", "picture:\"lite0\"", "3"};
  const PredictionWriter writer(kLabels, "apps", 1, members);
  Prediction prediction;
  prediction.members = {{2, true, 0, 0.5F, 1.25}, {1, false, 0, 0, 0.5}};
  std::string out;
  writer.append(out, prediction, 1);
  const json expected = {
      {{"model", "3"}, {"label", "games"}, {"name", "Games & \"fun\""}, {"probability", 0.5}, {"latency_ms", 1.25}},
      {{"model", "picture:\"lite0\""},
       {"label", nullptr},
       {"name", nullptr},
       {"probability", nullptr},
       {"latency_ms", 0.5}}};
  EXPECT_EQ(json::parse(out)["members"], expected) << out;
}

TEST(PredictionWriter, ABadLineSaysWhichAndWhy) {
  std::string out;
  append_bad_line(out, 12, "", "invalid_argument", "not \"JSON\"");
  EXPECT_EQ(
      json::parse(out),
      (json{{"line", 12}, {"id", nullptr}, {"error", {{"code", "invalid_argument"}, {"message", "not \"JSON\""}}}}));
}

std::string text_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EveryByteStringBecomesValidJson) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {'a', static_cast<char>(first), static_cast<char>(second), 'b'};
      ASSERT_TRUE(json::accept(text_of(text))) << first << ' ' << second;
    }
  }
}

TEST(JsonText, KeepsWhatIsUtf8AndReplacesTheRest) {
  for (const std::string text : {"plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "a\x01\x1f\"\\/\x7f"})
    EXPECT_EQ(json::parse(text_of(text)).get<std::string>(), text);
  for (const std::string text : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_NE(json::parse(text_of(text)).get<std::string>().find("\xEF\xBF\xBD"), std::string::npos);
  }
}

TEST(JsonText, NumbersHaveSixDigitsAndNoNan) {
  std::string out;
  append_json_number(out, 0.123456789);
  out += ' ';
  append_json_number(out, std::numeric_limits<double>::quiet_NaN());
  out += ' ';
  append_json_integer(out, -12);
  EXPECT_EQ(out, "0.123457 null -12");
}

}  // namespace
}  // namespace aisle
