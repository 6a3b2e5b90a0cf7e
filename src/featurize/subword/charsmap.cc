// sentencepiece's "precompiled charsmap": a Darts double array of byte strings, then the texts that replace them, each
// ended by a zero. Read as Hugging Face reads it, which is not quite as sentencepiece does: by grapheme clusters of
// less than six bytes, else by characters, and of several prefixes the shortest.
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/graphemes.h"
#include "featurize/subword/normalizer.h"
#include "text/ascii.h"
#include "text/unicode.h"

namespace aisle::subword {
namespace {

constexpr std::size_t kLongGrapheme = 6;  // bytes

class Charsmap final : public Normalizer {
 public:
  explicit Charsmap(std::string bytes) {
    std::uint32_t trie_bytes = 0;
    if (bytes.size() >= sizeof trie_bytes) std::memcpy(&trie_bytes, bytes.data(), sizeof trie_bytes);
    if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes > bytes.size() - sizeof trie_bytes)
      throw Error(ErrorCode::kCorrupt, "the precompiled charsmap is cut off or has a wrong size");
    units_.resize(trie_bytes / 4);
    std::memcpy(units_.data(), bytes.data() + sizeof trie_bytes, trie_bytes);
    texts_ = bytes.substr(sizeof trie_bytes + trie_bytes);
    if (find_utf8_fault(texts_))
      throw Error(ErrorCode::kCorrupt, "the texts of the precompiled charsmap are not UTF-8");
    for (std::size_t c = 0; c < is_plain_.size(); ++c) {
      const char byte = static_cast<char>(c);
      is_plain_[c] = byte != '\r' && !replacement({&byte, 1});  // CR LF is one grapheme
    }
  }

  void apply(std::string_view text, std::string& out) const override {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t plain = plain_run(text, at);
      out.append(text.substr(at, plain));
      at += plain;
      if (at == text.size()) break;
      const std::size_t end = grapheme_end(text, at);
      append_grapheme(text.substr(at, end - at), out);
      at = end;
    }
  }

 private:
  // Bytes that stay as they are and are graphemes of their own: ASCII before ASCII.
  std::size_t plain_run(std::string_view text, std::size_t at) const {
    std::size_t end = at;
    while (end < text.size() && is_ascii(text[end]) && is_plain_[static_cast<unsigned char>(text[end])]) ++end;
    return end > at && end < text.size() && !is_ascii(text[end]) ? end - at - 1 : end - at;
  }

  void append_grapheme(std::string_view grapheme, std::string& out) const {
    if (grapheme.size() < kLongGrapheme) {
      if (const auto text = replacement(grapheme)) {
        out.append(*text);
        return;
      }
    }
    for (std::size_t at = 0; at < grapheme.size();) {
      const std::string_view character = grapheme.substr(at, sequence_bytes(grapheme[at]));
      out.append(replacement(character).value_or(character));
      at += character.size();
    }
  }

  // Of the shortest prefix that has one. Every index is checked: the array comes from a file.
  std::optional<std::string_view> replacement(std::string_view key) const {
    std::size_t node = 0;
    std::uint32_t unit = units_[0];
    node ^= offset(unit);
    for (const char c : key) {
      const auto byte = static_cast<unsigned char>(c);
      node ^= byte;
      if (byte == 0 || node >= units_.size()) return std::nullopt;
      unit = units_[node];
      if ((unit & (1U << 31 | 0xFF)) != byte) return std::nullopt;
      node ^= offset(unit);
      if ((unit >> 8 & 1) != 0) return node < units_.size() ? text_at(units_[node] & 0x7FFFFFFF) : std::nullopt;
    }
    return std::nullopt;
  }

  static std::size_t offset(std::uint32_t unit) {
    return static_cast<std::size_t>(unit >> 10) << ((unit & 0x200) >> 6);
  }

  std::optional<std::string_view> text_at(std::size_t begin) const {
    if (begin >= texts_.size() || (static_cast<unsigned char>(texts_[begin]) & 0xC0) == 0x80) return std::nullopt;
    return std::string_view(texts_.c_str() + begin);  // up to the zero
  }

  std::vector<std::uint32_t> units_;
  std::string texts_;
  std::array<bool, 128> is_plain_{};
};

}  // namespace

std::unique_ptr<const Normalizer> make_charsmap(std::string bytes) {
  return std::make_unique<Charsmap>(std::move(bytes));
}

}  // namespace aisle::subword
