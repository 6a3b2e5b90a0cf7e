// GPT-2's alphabet: every byte as a printable character, so that a vocabulary of bytes can be written as text.
#pragma once

#include <array>

namespace aisle::subword {

// Printable bytes stand for themselves, the others for U+0100 and on.
constexpr std::array<char32_t, 256> make_byte_alphabet() {
  std::array<char32_t, 256> alphabet{};
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool is_itself = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    alphabet[byte] = is_itself ? byte : next++;
  }
  return alphabet;
}
inline constexpr std::array<char32_t, 256> kByteAlphabet = make_byte_alphabet();

}  // namespace aisle::subword
