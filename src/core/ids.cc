#include "core/ids.h"

#include <sodium.h>

#include <array>
#include <cstdint>

namespace aisle {
namespace {

constexpr std::size_t kIdBytes = 16;

struct Pool {
  std::array<std::uint8_t, kIdBytes * 64> bytes{};
  std::size_t used = sizeof bytes;
};

}  // namespace

std::string new_id() {
  thread_local Pool pool;
  if (pool.used == pool.bytes.size()) {
    randombytes_buf(pool.bytes.data(), pool.bytes.size());
    pool.used = 0;
  }
  std::uint8_t* id = pool.bytes.data() + pool.used;
  pool.used += kIdBytes;
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x40);
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  std::array<char, 2 * kIdBytes + 1> hex;
  sodium_bin2hex(hex.data(), hex.size(), id, kIdBytes);
  return {hex.data(), 2 * kIdBytes};
}

}  // namespace aisle
