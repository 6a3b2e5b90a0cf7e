#include "train/robustness.h"

#include <array>

namespace aisle {
namespace {

// The keys beside each of a to z.
constexpr std::array<std::string_view, 26> kNeighbours = {
    "qwsz", "vghn", "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko", "huikmn", "jiolm", "kop",  "njk",
    "bhjm", "iklp", "ol",   "wa",     "edft", "awedxz", "rfgy",   "yhji",   "cfgb", "qase",   "zsdc",  "tghu", "asx"};

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The bytes of the character at `at`; empty at the end. An ill-formed byte stands for itself.
std::string_view character_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.empty()) return rest;
  const auto lead = static_cast<unsigned char>(rest[0]);
  const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return rest.substr(0, size <= rest.size() ? size : 1);
}

char32_t code_point(std::string_view character) {
  const auto bits = [&](std::size_t i) { return static_cast<char32_t>(character[i] & 0x3F); };
  switch (character.size()) {
    case 2:
      return static_cast<char32_t>(character[0] & 0x1F) << 6 | bits(1);
    case 3:
      return static_cast<char32_t>(character[0] & 0x0F) << 12 | bits(1) << 6 | bits(2);
    default:
      return 0;
  }
}

// By ranges, which is enough here: Latin to the end of the alphabets before the general punctuation, without
// combining marks; then kana, Chinese and Korean. Four bytes are emoji and rare signs.
bool is_letter(std::string_view character) {
  if (character.size() == 1) return is_ascii_letter(character[0]);
  const char32_t code = code_point(character);
  if (code == 0xD7 || code == 0xF7 || (code >= 0x300 && code < 0x370)) return false;
  return (code >= 0xC0 && code < 0x2000) || (code >= 0x3041 && code < 0xD800);
}

void add_neighbour(std::string& out, std::string_view character, Random& random) {
  if (character.size() > 1) {
    out.append(character).append(character);
    return;
  }
  const char letter = character[0];
  const bool upper = letter < 'a';
  const std::string_view keys = kNeighbours[static_cast<std::size_t>(letter - (upper ? 'A' : 'a'))];
  const char key = keys[random.below(keys.size())];
  out += upper ? static_cast<char>(key - 'a' + 'A') : key;
}

// Writes the letter with a fault; returns how many bytes of the text after it were written with it.
std::size_t add_typo(std::string& out, std::string_view letter, std::string_view next, Random& random) {
  switch (random.below(4)) {
    case 0:
      if (next == letter || !is_letter(next)) return 0;
      out.append(next).append(letter);
      return next.size();
    case 1:
      return 0;
    case 2:
      out.append(letter).append(letter);
      return 0;
    default:
      add_neighbour(out, letter, random);
      return 0;
  }
}

}  // namespace

std::string with_typos(std::string_view text, double share, Random& random) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = character_at(text, at);
    at += character.size();
    if (!is_letter(character) || random.uniform() >= share) {
      out += character;
    } else {
      at += add_typo(out, character, character_at(text, at), random);
    }
  }
  return out;
}

bool TyposSource::next(Item& item) {
  if (!items_.next(item)) return false;
  Random random(hash64(item.id, seed_));
  for (std::string& text : item.texts) text = with_typos(text, share_, random);
  return true;
}

bool WithoutField::next(Item& item) {
  if (!items_.next(item)) return false;
  if (field_ < item.texts.size()) item.texts[field_].clear();
  return true;
}

bool DamagedPictures::next(Item& item) {
  if (!items_.next(item)) return false;
  item.picture.resize(damage_ == PictureDamage::kMissing ? 0 : item.picture.size() / 2);
  return true;
}

}  // namespace aisle
