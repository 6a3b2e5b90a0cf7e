#include "core/digest.h"

#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/error.h"

namespace aisle {

struct Hasher::State {
  crypto_generichash_state hash;
};

std::string Digest::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Digest Digest::from_hex(std::string_view hex) {
  Digest digest;
  std::size_t length = 0;
  const char* end = nullptr;
  const int status =
      sodium_hex2bin(digest.bytes.data(), digest.bytes.size(), hex.data(), hex.size(), nullptr, &length, &end);
  if (status != 0 || length != digest.bytes.size() || end != hex.data() + hex.size()) {
    throw Error(ErrorCode::kInvalidArgument,
                "a digest has 64 hexadecimal digits, this one has not: " + std::string(hex.substr(0, 80)));
  }
  return digest;
}

Digest digest_of(std::string_view bytes) {
  Hasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

Hasher::Hasher() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, nullptr, 0, sizeof(Digest::bytes));
}

Hasher::~Hasher() = default;

void Hasher::add(std::string_view bytes) {
  crypto_generichash_update(&state_->hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

void Hasher::add_framed(std::string_view bytes) {
  const std::uint64_t size = bytes.size();
  add({reinterpret_cast<const char*>(&size), sizeof size});
  add(bytes);
}

Digest Hasher::finish() {
  Digest digest;
  crypto_generichash_final(&state_->hash, digest.bytes.data(), digest.bytes.size());
  return digest;
}

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace aisle
