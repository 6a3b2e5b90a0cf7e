// Texts to counted n-grams, hashed into buckets ("hashing trick", Weinberger et al. 2009). One pass, no memory
// taken once the scratch has grown.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/item.h"
#include "featurize/ngram_options.h"
#include "featurize/prepare.h"

namespace aisle {

inline constexpr std::size_t kMaxNgramsPerItem = 1 << 16;  // distinct ones; what comes later is ignored
inline constexpr std::size_t kMaxFields = 16;

struct Ngram {
  std::uint32_t bucket = 0;
  std::uint32_t count = 0;
};

// One thread's working memory.
struct NgramScratch {
  std::vector<Ngram> ngrams;              // the answer: distinct buckets in order of first occurrence
  std::vector<std::uint32_t> field_ends;  // [fields]: where the n-grams first seen in each field end
  std::vector<std::uint32_t> slots;       // open addressing over `ngrams`: index + 1
  PrepareScratch prepare;
};

// Where an n-gram stands, for explanations.
struct NgramSpan {
  std::uint32_t bucket = 0;
  std::uint32_t field = 0;
  std::string_view text;  // in the prepared text; valid during the call
};

class NgramExtractor {
 public:
  explicit NgramExtractor(const NgramOptions& options);  // throws kInvalidArgument

  const NgramOptions& options() const { return options_; }

  // Fills scratch.ngrams and scratch.field_ends. Thread-safe.
  void extract(const ItemView& item, NgramScratch& scratch) const;

  // The same n-grams one by one with their places; slower.
  void visit(const ItemView& item, PrepareScratch& scratch, const std::function<void(const NgramSpan&)>& visitor) const;

 private:
  template <typename Emit>
  void read_field(const ItemView& item, std::size_t field, PrepareScratch& scratch, Emit& emit) const;

  NgramOptions options_;
  std::array<std::uint64_t, kMaxFields> field_seeds_{};
};

}  // namespace aisle
