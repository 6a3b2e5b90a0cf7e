#include "featurize/subword/byte_trie.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/random.h"

namespace aisle::subword {
namespace {

TEST(ByteTrie, FindsWhatAMapFinds) {
  Random random(7);
  std::map<std::string, std::int32_t> wanted;
  std::vector<std::string> kept;
  for (int i = 0; i < 20'000; ++i) {
    std::string key;
    for (std::uint64_t size = 1 + random.below(8); size > 0; --size)
      key.push_back(static_cast<char>(random.below(i % 2 == 0 ? 256 : 3)));
    wanted.emplace(key, i);
  }
  std::vector<TrieKey> keys;
  for (const auto& [key, value] : wanted) keys.push_back({key, value});
  const ByteTrie trie(keys);
  for (const auto& [key, value] : wanted) {
    ASSERT_EQ(trie.find(key), value);
    const std::string longer = key + '\0';
    ASSERT_EQ(trie.find(longer), wanted.contains(longer) ? wanted[longer] : ByteTrie::kNoValue);
  }
  EXPECT_EQ(trie.largest_value(), std::ranges::max_element(keys, {}, &TrieKey::value)->value);
}

TEST(ByteTrie, KnowsEmptyKeysAndZeroBytes) {
  using namespace std::string_view_literals;
  const ByteTrie trie({{""sv, 4}, {"\0"sv, 5}, {"\0\0"sv, 6}});
  EXPECT_EQ(trie.find(""), 4);
  EXPECT_EQ(trie.find("\0"sv), 5);
  EXPECT_EQ(trie.find("\0\0"sv), 6);
  EXPECT_EQ(trie.find("\0\0\0"sv), ByteTrie::kNoValue);
}

TEST(ByteTrie, IsEmptyByDefault) {
  EXPECT_EQ(ByteTrie().find(""), ByteTrie::kNoValue);
  EXPECT_EQ(ByteTrie().step(ByteTrie::kRoot, '\0'), ByteTrie::kNone);
}

TEST(ByteTrie, TheLastOfEqualKeysCounts) {
  EXPECT_EQ(ByteTrie({{"a", 1}, {"b", 2}, {"a", 3}}).find("a"), 3);
}

}  // namespace
}  // namespace aisle::subword
