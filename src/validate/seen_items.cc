#include "validate/seen_items.h"

#include "core/digest.h"
#include "core/error.h"

namespace aisle {
namespace {

constexpr std::uint64_t kIdSeed = 0x69642d2d2d2d3031;
constexpr std::uint64_t kGroupSeed = 0x67726f75702d3031;

// Templates make many texts share a band: the first few stand for all.
constexpr std::size_t kMaxABand = 4;

std::uint64_t band_key(const Fingerprint& print, std::size_t band) {
  return mix64(print.bands[band] + (static_cast<std::uint64_t>(print.band_count * 8 + band) << 32));
}

}  // namespace

SeenItems::SeenItems() = default;

void SeenItems::prefetch(std::string_view id, const Fingerprint& print) const {
  ids_.prefetch(hash64(id, kIdSeed));
  exacts_.prefetch(mix64(print.exact));
  for (std::size_t band = 0; band < print.band_count; ++band) bands_.prefetch(band_key(print, band));
}

std::uint32_t SeenItems::find_id(std::string_view id) const {
  const std::uint64_t hash = hash64(id, kIdSeed);
  std::uint32_t found = kNone;
  ids_.find(hash, [&](std::uint32_t number) {
    if ((*this)[number].id != hash) return false;
    found = number;
    return true;
  });
  return found;
}

std::uint32_t SeenItems::find_exact(std::uint64_t exact, std::uint32_t except) const {
  std::uint32_t found = kNone;
  exacts_.find(mix64(exact), [&](std::uint32_t number) {
    if (number == except || (*this)[number].exact != exact) return false;
    found = number;
    return true;
  });
  return found;
}

SeenItems::Match SeenItems::find_similar(const Fingerprint& print, std::uint32_t except) const {
  Match best;
  for (std::size_t band = 0; band < print.band_count; ++band) {
    bands_.find(band_key(print, band), [&](std::uint32_t number) {
      if (number == except || number == best.number) return false;
      const Record& record = (*this)[number];
      const double jaccard = record.folded == print.folded ? 1.0 : estimated_jaccard(record.signature, print.signature);
      if (jaccard >= kNearDuplicateJaccard && jaccard > best.jaccard) best = {number, jaccard};
      return best.jaccard >= 1.0;
    });
    if (best.jaccard >= 1.0) break;
  }
  return best;
}

std::optional<Split> SeenItems::split_of_group(std::string_view group) const {
  std::optional<Split> split;
  groups_.find(hash64(group, kGroupSeed), [&](std::uint32_t value) {
    split = static_cast<Split>(value);
    return true;
  });
  return split;
}

SeenItems::Record& SeenItems::put(std::uint32_t known, std::string_view id, const Fingerprint& print) {
  std::uint32_t number = known;
  if (known == kNone) {
    if (size_ == kNone) throw Error(ErrorCode::kTooLarge, "a task holds at most 4 billion items");
    number = size_++;
    if (number % kChunk == 0) chunks_.push_back(std::make_unique<Record[]>(kChunk));
    (*this)[number].id = hash64(id, kIdSeed);
    ids_.add((*this)[number].id, number);
  }
  Record& record = (*this)[number];
  record.labels = print.labels;
  // The entries of an older content stay; they lead to a record that no longer agrees.
  if (known != kNone && record.exact == print.exact) return record;
  record.exact = print.exact;
  record.folded = print.folded;
  record.signature = print.signature;
  if (print.exact != 0) exacts_.add(mix64(print.exact), number);
  for (std::size_t band = 0; band < print.band_count; ++band) bands_.add(band_key(print, band), number, kMaxABand);
  return record;
}

void SeenItems::set_group(std::string_view group, Split split) {
  groups_.add(hash64(group, kGroupSeed), static_cast<std::uint32_t>(split), 1);
}

std::size_t SeenItems::memory_bytes() const {
  return sizeof *this + chunks_.capacity() * sizeof chunks_[0] + chunks_.size() * kChunk * sizeof(Record) +
         ids_.memory_bytes() + exacts_.memory_bytes() + bands_.memory_bytes() + groups_.memory_bytes();
}

}  // namespace aisle
