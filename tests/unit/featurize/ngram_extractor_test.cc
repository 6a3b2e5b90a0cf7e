// The fast one-pass extractor against a slow one that follows the definition.
#include "featurize/ngram_extractor.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/digest.h"
#include "core/error.h"
#include "core/random.h"

namespace aisle {
namespace {

std::vector<std::string> slow_words(const std::string& text) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool sign = c == '+' || c == '#';
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        static_cast<unsigned char>(c) >= 128;
    std::string& word = words.back();
    const bool after_sign = !word.empty() && (word.back() == '+' || word.back() == '#');
    if (letter && !after_sign) {
      word += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (letter) {
      words.push_back(std::string(1, (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c));
    } else if (sign && !word.empty()) {
      word += c;
    } else if (!word.empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::uint64_t fnv(const std::string& word) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Bucket to count, as the definition says: every word and every pair, with the common seed, and for all fields but the
// last with the field's own seed too.
std::map<std::uint32_t, std::uint32_t> slow_counts(const NgramOptions& options, const std::vector<std::string>& texts) {
  std::map<std::uint32_t, std::uint32_t> counts;
  for (std::size_t field = 0; field < texts.size(); ++field) {
    const std::vector<std::string> words = slow_words(texts[field]);
    std::vector<std::uint64_t> hashes;
    for (std::size_t i = 0; i < words.size(); ++i) {
      hashes.push_back(fnv(words[i]));
      if (i > 0 && options.word_ngrams >= 2) hashes.push_back(fnv(words[i - 1]) * 0x9fb21c651e98df25 + fnv(words[i]));
    }
    for (const std::uint64_t hash : hashes) {
      ++counts[static_cast<std::uint32_t>(mix64(hash ^ mix64(options.seed)) >> (64 - options.hash_bits))];
      if (options.by_field && field + 1 < options.fields) {
        ++counts[static_cast<std::uint32_t>(mix64(hash ^ mix64(options.seed + 1 + field)) >> (64 - options.hash_bits))];
      }
    }
  }
  return counts;
}

std::map<std::uint32_t, std::uint32_t> fast_counts(const NgramOptions& options, const std::vector<std::string>& texts) {
  NgramScratch scratch;
  NgramExtractor(options).extract({texts}, scratch);
  std::map<std::uint32_t, std::uint32_t> counts;
  for (const Ngram& ngram : scratch.ngrams)
    EXPECT_TRUE(counts.emplace(ngram.bucket, ngram.count).second) << "a bucket twice";
  EXPECT_EQ(scratch.field_ends.back(), scratch.ngrams.size());
  return counts;
}

TEST(NgramExtractor, AgreesWithTheSlowDefinition) {
  static const std::string kAlphabet = "abcXYZ019 .,-+#_\n\"()";
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> texts(2);
    for (std::string& text : texts) {
      const std::size_t size = random.below(200);
      for (std::size_t i = 0; i < size; ++i) text += kAlphabet[random.below(kAlphabet.size())];
    }
    for (const bool by_field : {true, false}) {
      const NgramOptions options{
          .fields = 2, .by_field = by_field, .hash_bits = 22, .seed = static_cast<std::uint64_t>(round)};
      ASSERT_EQ(fast_counts(options, texts), slow_counts(options, texts)) << texts[0] << "|" << texts[1];
    }
  }
}

// Distinct n-grams as visit() shows them.
std::set<std::string> shown(const NgramOptions& options, const std::vector<std::string>& texts) {
  std::set<std::string> found;
  PrepareScratch scratch;
  NgramExtractor(options).visit({texts}, scratch, [&](const NgramSpan& span) { found.emplace(span.text); });
  return found;
}

TEST(NgramExtractor, D4_VisitsTheNgramsThatItCounts) {
  const std::vector<std::string> texts = {"C++ and F#",
                                          "caf\xc3\xa9 <b>noir</b> &amp; \xe6\x9d\xb1\xe4\xba\xac me@example.org"};
  const NgramOptions options{.fields = 2, .char_min = 2, .char_max = 4};
  NgramScratch scratch;
  const NgramExtractor extractor(options);
  extractor.extract({texts}, scratch);
  std::set<std::uint32_t> counted, visited;
  for (const Ngram& ngram : scratch.ngrams) counted.insert(ngram.bucket);
  extractor.visit({texts}, scratch.prepare, [&](const NgramSpan& span) { visited.insert(span.bucket); });
  EXPECT_EQ(counted, visited);
}

TEST(NgramExtractor, D4_CutsWordsInManyScripts) {
  const NgramOptions words{.fields = 1, .word_ngrams = 1};
  EXPECT_EQ(shown(words, {"C++, F# and node.js"}), (std::set<std::string>{"C++", "F#", "and", "node", "js"}));
  EXPECT_EQ(shown(words, {"\xe2\x80\x9c\x43\x61\x66\xc3\xa9\xe2\x80\x9d\xc2\xa0noir"}),
            (std::set<std::string>{"caf\xc3\xa9", "noir"}));
  EXPECT_EQ(shown(words, {"\xe6\x9d\xb1\xe4\xba\xac"}), (std::set<std::string>{"\xe6\x9d\xb1", "\xe4\xba\xac"}));
  EXPECT_EQ(shown(words, {"<p>a &lt;b&gt; mail me@example.org</p><pre><code>int x;\nint y;</code></pre>"}),
            (std::set<std::string>{"a", "b", "mail"}));
}

TEST(NgramExtractor, CaseAndAccentsOfOtherScriptsFold) {
  const NgramOptions options{.fields = 1};
  EXPECT_EQ(fast_counts(options, {"\xc3\x89"
                                  "COLE"}),
            fast_counts(options, {"\xc3\xa9"
                                  "cole"}));
}

TEST(NgramExtractor, CharactersStayInsideWords) {
  const NgramOptions options{.fields = 1, .word_ngrams = 1, .char_min = 3, .char_max = 3};
  // " ab", "abc", "bc ", and the word; " d " too.
  EXPECT_EQ(fast_counts(options, {"abc d"}).size(), 6U);
}

TEST(NgramExtractor, StaysWithinItsBounds) {
  std::string text;
  for (int i = 0; text.size() < (1 << 21); ++i) text += std::to_string(i) + " ";
  NgramScratch scratch;
  NgramExtractor({.fields = 1, .char_min = 1, .char_max = 8})
      .extract({std::span<const std::string>(&text, 1)}, scratch);
  EXPECT_EQ(scratch.ngrams.size(), kMaxNgramsPerItem);
}

TEST(NgramExtractor, TakesMissingFieldsAsEmptyAndIgnoresMore) {
  const NgramOptions options{.fields = 2};
  EXPECT_EQ(fast_counts(options, {"a b"}), fast_counts(options, {"a b", ""}));
  EXPECT_EQ(fast_counts(options, {"a b", "c", "d"}), fast_counts(options, {"a b", "c"}));
  EXPECT_TRUE(fast_counts(options, {"", " .,; "}).empty());
}

TEST(NgramExtractor, RefusesOptionsOutOfRange) {
  EXPECT_THROW(NgramExtractor({.fields = 0}), Error);
  EXPECT_THROW(NgramExtractor({.fields = 17}), Error);
  EXPECT_THROW(NgramExtractor({.word_ngrams = 4}), Error);
  EXPECT_THROW(NgramExtractor({.char_min = 0, .char_max = 3}), Error);
  EXPECT_THROW(NgramExtractor({.hash_bits = 29}), Error);
}

}  // namespace
}  // namespace aisle
