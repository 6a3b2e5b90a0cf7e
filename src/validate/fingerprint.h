// What import remembers of a text so that copies are found again: hashes of the exact and of the folded text, and a
// MinHash signature.
//
// Near duplicates: Broder, "On the resemblance and containment of documents" (1997), over shingles of three folded
// words; one permutation and 256 bins (Li, Owen, Zhang 2012) with optimal densification (Shrivastava 2017); one bit a
// bin is kept (Li, König, "b-Bit minwise hashing", 2010). The standard error of the estimated Jaccard index is about
// 0.03 where it is near 0.9. Texts of fewer than eight words have too few shingles: they resemble only their equals
// (after folding and without punctuation).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/item.h"

namespace aisle {

using Signature = std::array<std::uint64_t, 4>;  // 256 bits

struct Fingerprint {
  static constexpr std::size_t kBands = 5;  // keys that near duplicates probably share
  std::uint64_t exact = 0;                  // the texts, field by field, and the picture
  std::uint32_t folded = 0;                 // the words alone; 0: no words
  std::uint32_t labels = 0;                 // 0: not labelled
  std::uint32_t band_count = 0;             // 0: no words; 1: a short text; kBands
  std::array<std::uint32_t, kBands> bands{};
  Signature signature{};

  // For a store to keep: 18 to 70 bytes.
  std::string to_bytes() const;
  // Nothing where the bytes are not of this version: the item is then known by its id alone.
  static std::optional<Fingerprint> from_bytes(std::string_view bytes);

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// `folded`: the item's texts, folded (text/unicode.h) and joined by line breaks. A few microseconds.
Fingerprint make_fingerprint(const Item& item, std::string_view folded);

// The hashes of the words of a folded text, in order: runs of letters, digits and whatever is not ASCII.
void hash_words(std::string_view folded, std::vector<std::uint64_t>& words);

// The distinct shingles of three words, as hashes; the words themselves where there are fewer than three.
std::vector<std::uint64_t> shingles_of(const std::vector<std::uint64_t>& words);

// Estimated Jaccard index of the shingles, 0 to 1.
double estimated_jaccard(const Signature& a, const Signature& b);

// From where on two texts are near duplicates.
inline constexpr double kNearDuplicateJaccard = 0.85;

}  // namespace aisle
