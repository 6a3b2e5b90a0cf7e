#include "codec/json_parse.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"

namespace aisle {
namespace {

using nlohmann::json;

TEST(ParseJson, ReadsWhatTheLibraryReads) {
  for (const char* text :
       {"1", "-1", "1.5", "\"a\"", "null", "true", "[]", "{}",
        R"({"a":[1,{"b":[]},[[2],3]],"c":{"d":null,"e":"é\u00e9\ud83e\uded6"},"f":18446744073709551615})",
        " [1 , 2 ] "}) {
    EXPECT_EQ(parse_json(text), json::parse(text)) << text;
  }
}

struct Case {
  std::string text;
  std::string part;  // of the message
  std::string byte;  // of the context, "" for none
};

TEST(ParseJson, RefusesWithTheReasonAndThePlace) {
  const std::vector<Case> cases = {
      {"", "this is not JSON", "1"},
      {"{\"a\":1,}", "this is not JSON", "8"},
      {"{\"a\":1}{", "this is not JSON", "8"},
      {"[1,2", "this is not JSON", "5"},
      {"{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", "key 'c' twice", ""},
      {"\"caf\xE9\"", "UTF-8", "6"},
      {"1e999", "out of range", "5"},
      {"[NaN]", "this is not JSON", "2"},
      {std::string("\"a\0b\"", 5), "control character", "3"},
      {"\"\\ud800\"", "this is not JSON", "8"},
      {std::string(1'000'000, '['), "nested deeper than 32", ""},
  };
  for (const Case& one : cases) {
    try {
      parse_json(one.text);
      ADD_FAILURE() << one.text.substr(0, 40);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find(one.part), std::string::npos) << error.what();
      EXPECT_EQ(error.context().empty() ? "" : error.context().at(0).second, one.byte) << error.what();
    }
  }
}

TEST(ParseJson, BoundsAreExact) {
  EXPECT_NO_THROW(parse_json("[[1]]", {.max_bytes = 5, .max_depth = 2}));
  EXPECT_THROW(parse_json("[[1]]", {.max_bytes = 5, .max_depth = 1}), Error);
  EXPECT_NO_THROW(parse_json("1", {.max_bytes = 5, .max_depth = 0}));
  try {
    parse_json("[[1]]", {.max_bytes = 4, .max_depth = 2});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTooLarge);
  }
}

}  // namespace
}  // namespace aisle
