#include "ingest/text_check.h"

#include <simdjson.h>

#include <cstdint>
#include <cstring>

#include "core/printable.h"

namespace aisle {
namespace {

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
    const std::size_t size = utf8_character_bytes(bytes.substr(at));
    if (size == 0) break;
    at += size;
  }
  return "byte " + std::to_string(at + 1) + " (" + hex_byte(bytes[at]) +
         ") is not UTF-8; if the file is in Windows-1252, convert it with `iconv -f WINDOWS-1252 -t UTF-8`";
}

}  // namespace aisle
