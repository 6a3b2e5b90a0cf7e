// The ids of three small tokenizers against those of Hugging Face's `tokenizers`; tests/scripts/
// make_subword_references.py makes the files, benchmarks/tokenizer_reference.py compares on thousands of texts.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/files.h"
#include "featurize/subword/subword_tokenizer.h"

namespace aisle {
namespace {

using nlohmann::json;

std::string read_data(const std::string& name) {
  return read_file(std::string(AISLE_TEST_DATA) + "/subword/" + name, 16 << 20);
}

const json& references() {
  static const json loaded = json::parse(read_data("references.json"));
  return loaded;
}

std::string text_of(const json& text) {
  if (text.is_string()) return text;
  const std::string hex = text.at("hex");
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::uint32_t fnv(const std::vector<TokenId>& ids) {
  std::uint32_t hash = 0x811C9DC5;
  for (const TokenId id : ids) {
    for (int shift = 0; shift < 32; shift += 8)
      hash = (hash ^ (static_cast<std::uint32_t>(id) >> shift & 255)) * 0x01000193;
  }
  return hash;
}

class SubwordReferences : public testing::TestWithParam<const char*> {};

TEST_P(SubwordReferences, IdsAreThoseOfHuggingFace) {
  const SubwordTokenizer tokenizer = parse_tokenizer_json(read_data(std::string(GetParam()) + ".json"));
  const json& texts = references().at("texts");
  const json& ids = references().at("ids").at(GetParam());
  ASSERT_GE(texts.size(), 250U);
  ASSERT_EQ(ids.size(), texts.size());
  SubwordScratch scratch;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<TokenId> found;
    tokenizer.encode(text_of(texts[i]), kDefaultMaxTokens, scratch, found);
    EXPECT_EQ(found, ids[i].get<std::vector<TokenId>>()) << "text " << i << ": " << texts[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Models, SubwordReferences, testing::Values("wordpiece", "unigram", "byte_pair"),
                         [](const auto& test) { return std::string(test.param); });

TEST(SubwordReferences, EveryStepDoesAsHuggingFaceDoes) {
  json document = json::parse(read_data("wordpiece.json"));
  ASSERT_GE(references().at("steps").size(), 25U);
  for (const json& step : references().at("steps")) {
    document.update(step.at("sections"));
    const SubwordTokenizer tokenizer = parse_tokenizer_json(document.dump());
    const json& hashes = step.at("hashes");
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const std::string text = references().at("texts")[i];
      EXPECT_EQ(fnv(tokenizer.encode(text, 1'000'000)), hashes[i].get<std::uint32_t>())
          << step.at("name") << ", text " << i << ": " << text;
    }
  }
}

}  // namespace
}  // namespace aisle
