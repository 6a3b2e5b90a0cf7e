// Digests name contents (BLAKE2b, 256 bits); hash64 spreads keys (XXH3, seeded, not for security).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace aisle {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  std::string hex() const;                       // 64 lower-case digits
  static Digest from_hex(std::string_view hex);  // throws kInvalidArgument
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

Digest digest_of(std::string_view bytes);

// For contents that come in pieces. Not thread-safe.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void add(std::string_view bytes);
  // Adds the length first, so that ("ab","c") and ("a","bc") differ.
  void add_framed(std::string_view bytes);
  Digest finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

// A bijection that spreads all bits (the finalizer of SplitMix64, Steele et al. 2014).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace aisle
