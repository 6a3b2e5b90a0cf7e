#include "ingest/text_check.h"

#include <simdjson.h>

#include <cstdint>
#include <cstring>

namespace aisle {
namespace {

// Length of the UTF-8 character at the start, 0 where there is none (RFC 3629).
std::size_t character_size(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return at(i) >= low && at(i) <= high; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4) return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

std::string hex_byte(char byte) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto value = static_cast<std::uint8_t>(byte);
  return {'0', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

}  // namespace

std::string text_fault(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (const void* nul = std::memchr(bytes.data(), '\0', bytes.size())) {
    const auto at = static_cast<const char*>(nul) - bytes.data();
    return "byte " + std::to_string(at + 1) + " is NUL, which is no text; remove it";
  }
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return {};
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t size = character_size(bytes.substr(at));
    if (size == 0) break;
    at += size;
  }
  return "byte " + std::to_string(at + 1) + " (" + hex_byte(bytes[at]) +
         ") is not UTF-8; if the file is in Windows-1252, convert it with `iconv -f WINDOWS-1252 -t UTF-8`";
}

}  // namespace aisle
