#include "validate/fingerprint.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/digest.h"

namespace aisle {
namespace {

constexpr std::size_t kBins = 256;
constexpr std::size_t kBandRows = 4;
constexpr std::size_t kMinWords = 8;
constexpr std::size_t kMaxWords = 20'000;  // of a text; what follows is not looked at
constexpr char kVersion = 1;
constexpr std::uint64_t kExactSeed = 0x65786163742d3031;
constexpr std::uint64_t kWordSeed = 0x776f72642d2d3031;
constexpr std::uint64_t kLabelSeed = 0x6c6162656c2d3031;

using Bins = std::array<std::uint64_t, kBins>;

std::uint32_t not_zero(std::uint64_t hash) {
  return std::max<std::uint32_t>(static_cast<std::uint32_t>(hash), 1);
}

std::uint64_t exact_hash(const Item& item) {
  std::uint64_t hash = kExactSeed;
  for (const std::string& text : item.texts) hash = hash64(text, mix64(hash));
  return hash64(item.image, mix64(hash));
}

std::uint32_t label_hash(const Item& item) {
  if (item.labels.empty()) return 0;
  std::uint64_t hash = kLabelSeed;
  for (const std::string& label : item.labels) hash = hash64(label, mix64(hash));
  return not_zero(hash);
}

// Where an empty bin looks for a full one: a fixed random sequence for each bin, the same for every text.
class ProbeTable {
 public:
  static constexpr std::size_t kProbes = 64;

  ProbeTable() {
    for (std::size_t i = 0; i < probes_.size(); ++i) probes_[i] = static_cast<std::uint8_t>(mix64(i) >> 56);
  }

  std::size_t probe(std::size_t bin, std::size_t attempt) const {
    if (attempt < kProbes) return probes_[bin * kProbes + attempt];
    return mix64((bin << 32) + attempt) >> 56;
  }

 private:
  std::array<std::uint8_t, kBins * kProbes> probes_{};
};

// The smallest hash of each bin; empty bins copy a full one. `shingles` is not empty.
Bins fill_bins(const std::vector<std::uint64_t>& shingles) {
  static const ProbeTable table;
  Bins bins{};
  std::array<bool, kBins> full{};
  for (const std::uint64_t shingle : shingles) {
    const std::size_t bin = shingle >> 56;
    if (!full[bin] || shingle < bins[bin]) bins[bin] = shingle;
    full[bin] = true;
  }
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (full[bin]) continue;
    std::size_t from = bin;
    for (std::size_t attempt = 0; !full[from]; ++attempt) from = table.probe(bin, attempt);
    bins[bin] = bins[from];
  }
  return bins;
}

// One bit a bin. The bin's number goes in, so that copies of one value give independent bits.
Signature signature_of(const Bins& bins) {
  Signature signature{};
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const std::uint64_t bit = mix64(bins[bin] + bin * 0x9e3779b97f4a7c15ULL) & 1;
    signature[bin / 64] |= bit << (bin % 64);
  }
  return signature;
}

void set_bands(const Bins& bins, Fingerprint& print) {
  print.band_count = Fingerprint::kBands;
  for (std::size_t band = 0; band < Fingerprint::kBands; ++band) {
    std::uint64_t key = 0;
    for (std::size_t row = 0; row < kBandRows; ++row) key = mix64(key ^ bins[band * kBandRows + row]);
    print.bands[band] = static_cast<std::uint32_t>(key);
  }
}

// A short text: everything follows from the hash of its words.
void set_short(std::uint64_t words, Fingerprint& print) {
  print.band_count = 1;
  print.bands[0] = static_cast<std::uint32_t>(words >> 32);
  for (std::size_t i = 0; i < print.signature.size(); ++i) print.signature[i] = mix64(words + i);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

template <typename T>
void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
void take(std::string_view& bytes, T& value) {
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
}

static_assert(std::endian::native == std::endian::little, "stored fingerprints are little-endian");

}  // namespace

void hash_words(std::string_view folded, std::vector<std::uint64_t>& words) {
  words.clear();
  for (std::size_t i = 0; i < folded.size() && words.size() < kMaxWords;) {
    while (i < folded.size() && !is_word(folded[i])) ++i;
    const std::size_t begin = i;
    while (i < folded.size() && is_word(folded[i])) ++i;
    if (i > begin) words.push_back(hash64(folded.substr(begin, i - begin), kWordSeed));
  }
}

std::vector<std::uint64_t> shingles_of(const std::vector<std::uint64_t>& words) {
  std::vector<std::uint64_t> shingles;
  shingles.reserve(words.size());
  if (words.size() < 3) {
    for (const std::uint64_t word : words) shingles.push_back(mix64(word));
  } else {
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
      shingles.push_back(mix64(words[i] + std::rotl(words[i + 1], 21) + std::rotl(words[i + 2], 42)));
    }
  }
  return shingles;
}

Fingerprint make_fingerprint(const Item& item, std::string_view folded) {
  Fingerprint print;
  print.exact = exact_hash(item);
  print.labels = label_hash(item);
  std::vector<std::uint64_t> words;
  words.reserve(folded.size() / 5 + 1);
  hash_words(folded, words);
  // A text of signs alone is its own word.
  if (words.empty() && folded.find_first_not_of(" \n") != std::string_view::npos)
    words.push_back(hash64(folded, kWordSeed));
  if (words.empty()) return print;
  std::uint64_t all = 0;
  for (const std::uint64_t word : words) all = mix64(all ^ word);
  print.folded = not_zero(all);
  if (words.size() < kMinWords) {
    set_short(all, print);
  } else {
    const Bins bins = fill_bins(shingles_of(words));
    print.signature = signature_of(bins);
    set_bands(bins, print);
  }
  return print;
}

double estimated_jaccard(const Signature& a, const Signature& b) {
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += std::popcount(a[i] ^ b[i]);
  // Bits agree by chance half of the time: P(agree) = (1 + J) / 2.
  return std::max(0.0, 1.0 - 2.0 * different / static_cast<double>(kBins));
}

std::string Fingerprint::to_bytes() const {
  std::string bytes;
  bytes.push_back(kVersion);
  bytes.push_back(static_cast<char>(band_count));
  put(bytes, exact);
  put(bytes, folded);
  put(bytes, labels);
  for (std::size_t band = 0; band < band_count; ++band) put(bytes, bands[band]);
  if (band_count > 0) put(bytes, signature);
  return bytes;
}

std::optional<Fingerprint> Fingerprint::from_bytes(std::string_view bytes) {
  if (bytes.size() < 18 || bytes[0] != kVersion) return std::nullopt;
  Fingerprint print;
  print.band_count = static_cast<unsigned char>(bytes[1]);
  const bool known = print.band_count == 0 || print.band_count == 1 || print.band_count == kBands;
  const std::size_t size =
      18 + print.band_count * sizeof(std::uint32_t) + (print.band_count > 0 ? sizeof(Signature) : 0);
  if (!known || bytes.size() != size) return std::nullopt;
  bytes.remove_prefix(2);
  take(bytes, print.exact);
  take(bytes, print.folded);
  take(bytes, print.labels);
  for (std::size_t band = 0; band < print.band_count; ++band) take(bytes, print.bands[band]);
  if (print.band_count > 0) take(bytes, print.signature);
  return print;
}

}  // namespace aisle
