// Regular expressions of tokenizer.json. They are written for Oniguruma; RE2, which is linear in time, reads most of
// them alike. What it would read otherwise is rewritten or refused, so that no text is ever cut in another place.
#include <re2/re2.h>

#include <cctype>
#include <utility>

#include "core/error.h"
#include "featurize/subword/gpt2_split.h"
#include "featurize/subword/text_pattern.h"

namespace aisle::subword {
namespace {

constexpr std::int64_t kRegexMemory = 4 << 20;
constexpr std::size_t kMaxExpressionBytes = 2000;
constexpr std::string_view kSpaces =  // White_Space; RE2 knows that of ASCII alone
    "\\t-\\r \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}";

[[noreturn]] void refuse(const std::string& expression, const std::string& why) {
  throw Error(ErrorCode::kUnsupported,
              "the regular expression '" + expression.substr(0, 200) + "' is not supported: " + why);
}

class Translator {
 public:
  explicit Translator(const std::string& expression) : expression_(expression) {}

  std::string translate() {
    while (at_ < expression_.size()) {
      const char c = expression_[at_];
      if (c == '\\') {
        escape();
      } else if (in_class_) {
        class_character(c);
      } else {
        character(c);
      }
    }
    return std::move(result_);
  }

 private:
  bool follows(std::string_view text) const { return expression_.compare(at_, text.size(), text) == 0; }

  void escape() {
    const char next = at_ + 1 < expression_.size() ? expression_[at_ + 1] : '\0';
    at_ += 2;
    const bool is_sign = next > ' ' && next < 0x7F && std::isalnum(static_cast<unsigned char>(next)) == 0;
    if (next == 's') {
      result_ += in_class_ ? std::string(kSpaces) : "[" + std::string(kSpaces) + "]";
    } else if (next == 'S' && !in_class_) {
      result_ += "[^" + std::string(kSpaces) + "]";
    } else if (next == 'd') {
      result_ += "\\p{Nd}";
    } else if (is_sign || next == ' ' || std::string_view("pPnrt").find(next) != std::string_view::npos) {
      result_ += '\\', result_ += next;
    } else {
      refuse(expression_, std::string("'\\") + next + "' is not known here");
    }
  }

  void class_character(char c) {
    if (c == '[' || follows("&&")) refuse(expression_, "classes within classes are not known here");
    in_class_ = c != ']';
    result_ += c;
    ++at_;
  }

  void character(char c) {
    if (c == '^' || c == '$') refuse(expression_, "'^' and '$' are not known here");
    if (follows("(?") && !follows("(?:")) refuse(expression_, "'(?' is known as '(?:' alone");
    if (follows("{,")) refuse(expression_, "a repetition needs its lower bound");
    result_ += c;
    ++at_;
    if (c != '[') return;
    in_class_ = true;
    if (follows("^")) result_ += expression_[at_++];
    if (follows("]")) refuse(expression_, "write '\\]' in a class");
  }

  const std::string& expression_;
  std::string result_;
  std::size_t at_ = 0;
  bool in_class_ = false;
};

class RegexPattern final : public TextPattern {
 public:
  RegexPattern(const std::string& expression, const RE2::Options& options) : regex_(expression, options) {}
  const RE2& regex() const { return regex_; }

  void find(std::string_view text, std::vector<Match>& out) const override {
    Cover cover(out);
    const re2::StringPiece whole(text.data(), text.size());
    re2::StringPiece found;
    for (std::size_t at = 0; at < text.size() && regex_.Match(whole, at, text.size(), RE2::UNANCHORED, &found, 1);) {
      const auto begin = static_cast<std::size_t>(found.data() - text.data());
      at = begin + found.size();
      cover.match(begin, at);
    }
    cover.gap_to(text.size());
  }

 private:
  RE2 regex_;
};

}  // namespace

std::unique_ptr<const TextPattern> make_regex_pattern(const std::string& expression) {
  if (expression == kGpt2Expression) return make_gpt2_pattern();
  if (expression.size() > kMaxExpressionBytes) refuse(expression, "it is too long");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemory);
  auto pattern = std::make_unique<RegexPattern>(Translator(expression).translate(), options);
  if (!pattern->regex().ok()) refuse(expression, pattern->regex().error());
  if (RE2::FullMatch("", pattern->regex())) refuse(expression, "it matches nothing at all");
  return pattern;
}

}  // namespace aisle::subword
