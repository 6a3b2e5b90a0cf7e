#include "validate/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/random.h"
#include "text/unicode.h"

namespace aisle {
namespace {

Fingerprint print_of(const std::string& text) {
  return make_fingerprint(Item{.texts = {text}}, fold(text));
}

// The exact Jaccard index of two texts' shingles.
double exact_jaccard(const std::string& a, const std::string& b) {
  const auto shingles = [](const std::string& text) {
    std::vector<std::uint64_t> words;
    hash_words(text, words);
    const std::vector<std::uint64_t> list = shingles_of(words);
    return std::set<std::uint64_t>(list.begin(), list.end());
  };
  const std::set<std::uint64_t> x = shingles(a), y = shingles(b);
  const auto common = std::ranges::count_if(x, [&](std::uint64_t shingle) { return y.contains(shingle); });
  return static_cast<double>(common) / static_cast<double>(x.size() + y.size() - static_cast<std::size_t>(common));
}

std::vector<std::string> random_words(Random& random, std::size_t count) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back("w" + std::to_string(random.below(5000)));
  return words;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

// A pair of texts of the same length that differ in some words.
std::pair<std::string, std::string> random_pair(Random& random, std::size_t length, std::size_t changes) {
  std::vector<std::string> words = random_words(random, length);
  const std::string first = join(words);
  for (std::size_t i = 0; i < changes; ++i) words[random.below(length)] = "x" + std::to_string(random.below(5000));
  return {first, join(words)};
}

TEST(Fingerprint, D2_EstimatesTheExactJaccardIndexWithoutBias) {
  Random random(11);
  for (const std::size_t length : {12, 30, 80, 300, 2000}) {
    double error = 0, square = 0;
    constexpr int kPairs = 400;
    for (int i = 0; i < kPairs; ++i) {
      const auto [a, b] = random_pair(random, length, random.below(length / 10 + 2));
      const double difference = estimated_jaccard(print_of(a).signature, print_of(b).signature) - exact_jaccard(a, b);
      error += difference / kPairs;
      square += difference * difference / kPairs;
    }
    EXPECT_NEAR(error, 0, 0.01) << length;
    EXPECT_LT(std::sqrt(square), 0.06) << length;
  }
}

TEST(Fingerprint, D2_NearDuplicatesShareABandAndOthersAreToldApart) {
  Random random(5);
  int near = 0, found = 0, far = 0, false_alarms = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto [a, b] = random_pair(random, 40 + random.below(200), random.below(12));
    const double exact = exact_jaccard(a, b);
    const Fingerprint x = print_of(a), y = print_of(b);
    bool shared = false;
    for (std::size_t band = 0; band < Fingerprint::kBands; ++band) shared = shared || x.bands[band] == y.bands[band];
    const bool said = shared && estimated_jaccard(x.signature, y.signature) >= kNearDuplicateJaccard;
    near += exact >= 0.9 ? 1 : 0;
    found += exact >= 0.9 && said ? 1 : 0;
    far += exact <= 0.7 ? 1 : 0;
    false_alarms += exact <= 0.7 && said ? 1 : 0;
  }
  ASSERT_GT(near, 500);
  ASSERT_GT(far, 500);
  EXPECT_GT(found, near * 95 / 100) << near;
  EXPECT_LT(false_alarms, far / 500 + 1) << far;
}

TEST(Fingerprint, D2_ShortTextsResembleTheirEqualsAlone) {
  const Fingerprint one = print_of("Red shoes, size 42");
  EXPECT_EQ(one.band_count, 1U);
  EXPECT_EQ(one.folded, print_of("RED  shoes size 42!").folded);
  EXPECT_EQ(one.signature, print_of("red shoes: size 42").signature);
  EXPECT_NE(one.exact, print_of("red shoes: size 42").exact);
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const Fingerprint other = print_of("red shoes size " + std::to_string(random.next()));
    EXPECT_LT(estimated_jaccard(one.signature, other.signature), 0.6);
  }
}

TEST(Fingerprint, D2_ExactMeansFieldByFieldAndThePicture) {
  const auto exact = [](const Item& item) { return make_fingerprint(item, "").exact; };
  const Item item{.id = "1", .texts = {"red", "shoe"}, .image = "aa", .labels = {"x"}};
  Item other = item;
  other.id = "2";
  other.labels = {};
  EXPECT_EQ(exact(item), exact(other));
  other.texts = {"reds", "hoe"};
  EXPECT_NE(exact(item), exact(other));
  other = item;
  other.image = "bb";
  EXPECT_NE(exact(item), exact(other));
}

TEST(Fingerprint, D2_IsReadBackFromItsBytesAndFromNoOthers) {
  const Item picture{.texts = {""}, .image = "aa"};
  for (const Fingerprint& print : {print_of("one two three four five six seven eight nine"), print_of("short"),
                                   print_of("?!"), make_fingerprint(picture, "")}) {
    const std::string bytes = print.to_bytes();
    EXPECT_LE(bytes.size(), 70U);
    EXPECT_EQ(Fingerprint::from_bytes(bytes), print);
    EXPECT_EQ(Fingerprint::from_bytes(bytes + "x"), std::nullopt);
    EXPECT_EQ(Fingerprint::from_bytes(bytes.substr(1)), std::nullopt);
  }
  EXPECT_EQ(Fingerprint::from_bytes(""), std::nullopt);
}

}  // namespace
}  // namespace aisle
