#include "featurize/subword/text_pattern.h"

#include <utility>

#include "core/error.h"
#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/gpt2_split.h"

namespace aisle::subword {
namespace {

class LiteralPattern final : public TextPattern {
 public:
  explicit LiteralPattern(std::string literal) : literal_(std::move(literal)) {}
  void find(std::string_view text, std::vector<Match>& out) const override {
    Cover cover(out);
    for (std::size_t at = text.find(literal_); at != std::string_view::npos;) {
      cover.match(at, at + literal_.size());
      at = text.find(literal_, at + literal_.size());
    }
    cover.gap_to(text.size());
  }

 private:
  std::string literal_;
};

class CharacterPattern final : public TextPattern {
 public:
  explicit CharacterPattern(bool (*is_in_class)(char32_t)) : is_in_class_(is_in_class) {}
  void find(std::string_view text, std::vector<Match>& out) const override {
    Cover cover(out);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      if (is_in_class_(next_code_point(text, at))) cover.match(begin, at);
    }
    cover.gap_to(text.size());
  }

 private:
  bool (*is_in_class_)(char32_t);
};

class WordPattern final : public TextPattern {
 public:
  void find(std::string_view text, std::vector<Match>& out) const override {
    Cover cover(out);
    Kind run = Kind::kSpace;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t start = at;
      const Kind kind = kind_of(next_code_point(text, at));
      if (kind == run) continue;
      if (run != Kind::kSpace) cover.match(begin, start);
      run = kind;
      begin = start;
    }
    if (run != Kind::kSpace) cover.match(begin, text.size());
    cover.gap_to(text.size());
  }

 private:
  enum class Kind { kSpace, kWord, kOther };
  static Kind kind_of(char32_t c) { return is_word(c) ? Kind::kWord : is_space(c) ? Kind::kSpace : Kind::kOther; }
};

class Gpt2Pattern final : public TextPattern {
 public:
  void find(std::string_view text, std::vector<Match>& out) const override {
    out.clear();
    for_each_gpt2_piece(text, [&](std::size_t begin, std::size_t end) { out.push_back({begin, end, true}); });
  }
};

}  // namespace

std::unique_ptr<const TextPattern> make_literal_pattern(std::string literal) {
  if (literal.empty()) throw Error(ErrorCode::kCorrupt, "a pattern is empty");
  return std::make_unique<LiteralPattern>(std::move(literal));
}

std::unique_ptr<const TextPattern> make_character_pattern(bool (*is_in_class)(char32_t)) {
  return std::make_unique<CharacterPattern>(is_in_class);
}

std::unique_ptr<const TextPattern> make_word_pattern() {
  return std::make_unique<WordPattern>();
}

std::unique_ptr<const TextPattern> make_gpt2_pattern() {
  return std::make_unique<Gpt2Pattern>();
}

}  // namespace aisle::subword
