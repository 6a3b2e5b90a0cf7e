#include "core/sha256.h"

#include <sodium.h>

#include "core/digest.h"

namespace aisle {

std::string sha256_hex(std::string_view bytes) {
  static_assert(crypto_hash_sha256_BYTES == sizeof(Digest::bytes));
  Digest digest;
  crypto_hash_sha256(digest.bytes.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return digest.hex();
}

}  // namespace aisle
