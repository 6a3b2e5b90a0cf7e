#include "validate/seen_items.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/random.h"

// Every allocation of this program is counted, so that the bound is that of the heap and not of our own sums.
namespace {
std::atomic<std::int64_t> g_allocated{0};
}

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  g_allocated += static_cast<std::int64_t>(malloc_usable_size(memory));
  return memory;
}
void operator delete(void* memory) noexcept {
  g_allocated -= static_cast<std::int64_t>(malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void operator delete[](void* memory) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace aisle {
namespace {

Fingerprint random_print(Random& random) {
  Fingerprint print;
  print.exact = random.next();
  print.folded = static_cast<std::uint32_t>(random.next());
  print.band_count = Fingerprint::kBands;
  for (std::uint32_t& band : print.bands) band = static_cast<std::uint32_t>(random.next());
  for (std::uint64_t& word : print.signature) word = random.next();
  return print;
}

TEST(SeenItems, D2_AMillionItemsTakeLessThanTwoHundredBytesEach) {
  const std::int64_t before = g_allocated;
  SeenItems seen;
  Random random(9);
  for (std::int64_t i = 1; i <= 1'000'000; ++i) {
    const std::string id = "item-" + std::to_string(i);
    const Fingerprint print = random_print(random);
    ASSERT_EQ(seen.find_id(id), SeenItems::kNone);
    ASSERT_EQ(seen.find_similar(print, SeenItems::kNone).number, SeenItems::kNone);
    seen.put(SeenItems::kNone, id, print);
    seen.set_group("group-" + std::to_string(i), Split::kTrain);
    // At any size, not only at the end: 200 bytes an item over a small fixed part.
    if (i % 10'000 == 0) {
      ASSERT_LT(g_allocated - before, i * 160 + 1'000'000) << i;
    }
  }
  EXPECT_GE(static_cast<std::int64_t>(seen.memory_bytes()), (g_allocated - before) * 95 / 100);
  EXPECT_LE(static_cast<std::int64_t>(seen.memory_bytes()), (g_allocated - before) * 105 / 100);
}

TEST(SeenItems, D2_FindsIdsCopiesAndGroupsAmongMany) {
  SeenItems seen;
  Random random(2);
  std::vector<Fingerprint> prints;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    prints.push_back(random_print(random));
    seen.put(SeenItems::kNone, "id" + std::to_string(i), prints.back());
    if (i % 100 == 0) seen.set_group("g" + std::to_string(i), static_cast<Split>(i / 100 % 3));
  }
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    ASSERT_EQ(seen.find_id("id" + std::to_string(i)), i);
    ASSERT_EQ(seen.find_exact(prints[i].exact, SeenItems::kNone), i);
    ASSERT_EQ(seen.find_exact(prints[i].exact, i), SeenItems::kNone);
    Fingerprint near = prints[i];
    near.folded ^= 1;
    near.signature[1] ^= 0xFF;  // 8 of 256 bits: an estimate of 0.94
    near.bands[0] ^= 1;
    ASSERT_EQ(seen.find_similar(near, SeenItems::kNone).number, i);
    ASSERT_EQ(seen.find_similar(near, i).number, SeenItems::kNone);
    near.signature[2] ^= 0xFFFF;  // 24 bits: 0.81
    ASSERT_EQ(seen.find_similar(near, SeenItems::kNone).number, SeenItems::kNone);
  }
  EXPECT_EQ(seen.find_id("id20000"), SeenItems::kNone);
  EXPECT_EQ(seen.split_of_group("g200"), Split::kTest);
  EXPECT_EQ(seen.split_of_group("g1"), std::nullopt);
}

TEST(SeenItems, D2_ANewContentReplacesTheOld) {
  SeenItems seen;
  Random random(4);
  const Fingerprint old_print = random_print(random), new_print = random_print(random);
  seen.put(SeenItems::kNone, "a", old_print).set_split(Split::kTest);
  seen.put(seen.find_id("a"), "a", new_print);
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.find_exact(old_print.exact, SeenItems::kNone), SeenItems::kNone);
  EXPECT_EQ(seen.find_exact(new_print.exact, SeenItems::kNone), 0U);
  EXPECT_EQ(seen.find_similar(old_print, SeenItems::kNone).number, SeenItems::kNone);
  EXPECT_EQ(seen.find_similar(new_print, SeenItems::kNone).jaccard, 1.0);
  EXPECT_EQ(seen[0].split(), Split::kTest);
}

}  // namespace
}  // namespace aisle
