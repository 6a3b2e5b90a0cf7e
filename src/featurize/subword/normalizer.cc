#include "featurize/subword/normalizer.h"

#include <unicode/normalizer2.h>

#include <utility>

#include "core/error.h"
#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"
#include "text/ascii.h"

namespace aisle::subword {
namespace {

const icu::Normalizer2& icu_normalizer(UnicodeForm form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = form == UnicodeForm::kNfc    ? icu::Normalizer2::getNFCInstance(status)
                                  : form == UnicodeForm::kNfd  ? icu::Normalizer2::getNFDInstance(status)
                                  : form == UnicodeForm::kNfkc ? icu::Normalizer2::getNFKCInstance(status)
                                                               : icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status) || found == nullptr)
    throw Error(ErrorCode::kInternal, "ICU has no normalisation data: install libicu72");
  return *found;
}

// One of the four normal forms, of the characters that Unicode 9 has; others stand between and are not touched.
class UnicodeFormNormalizer final : public Normalizer {
 public:
  explicit UnicodeFormNormalizer(UnicodeForm form) : icu_(icu_normalizer(form)) {}

  void apply(std::string_view text, std::string& out) const override {
    out.clear();
    const std::size_t ascii = ascii::run_length(text);
    if (ascii == text.size()) {
      out.assign(text);
      return;
    }
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin, next = begin;
      while (next < text.size() && is_normalized(next_code_point(text, next))) end = next;
      append_normalized(text.substr(begin, end - begin), out);
      out.append(text.substr(end, next - end));  // the one that ended the run
      begin = next;
    }
  }

 private:
  void append_normalized(std::string_view run, std::string& out) const {
    if (run.empty()) return;
    UErrorCode status = U_ZERO_ERROR;
    icu::StringByteSink<std::string> sink(&out);
    icu_.normalizeUTF8(0, icu::StringPiece(run.data(), static_cast<std::int32_t>(run.size())), sink, nullptr, status);
    if (U_FAILURE(status)) throw Error(ErrorCode::kInternal, "ICU did not normalise a text");
  }

  const icu::Normalizer2& icu_;
};

class Lowercase final : public Normalizer {
 public:
  void apply(std::string_view text, std::string& out) const override {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
      if (is_ascii(text[at])) {
        out.push_back(ascii::to_lower(text[at++]));
      } else {
        lower(next_code_point(text, at), [&](char32_t c) { append_code_point(c, out); });
      }
    }
  }
};

class StripAccents final : public Normalizer {
 public:
  void apply(std::string_view text, std::string& out) const override {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      if (!is_combining_mark(next_code_point(text, at))) out.append(text.substr(begin, at - begin));
    }
  }
  bool keeps_start(std::string_view text) const override {
    std::size_t at = 0;
    return !is_combining_mark(next_code_point(text, at));
  }
};

class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  void apply(std::string_view text, std::string& out) const override {
    std::size_t begin = 0, end = text.size();
    for (std::size_t at = 0; left_ && at < end && is_space(next_code_point(text, at));) begin = at;
    for (std::size_t at = end; right_ && at > begin && is_space(previous_code_point(text, at));) end = at;
    out.assign(text.substr(begin, end - begin));
  }
  bool keeps_start(std::string_view text) const override {
    std::size_t at = 0;
    return !left_ || !is_space(next_code_point(text, at));
  }

 private:
  bool left_, right_;
};

class Replace final : public Normalizer {
 public:
  Replace(std::unique_ptr<const TextPattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(std::string_view text, std::string& out) const override {
    std::vector<Match> matches;
    pattern_->find(text, matches);
    out.clear();
    for (const Match& match : matches) {
      out.append(match.is_match ? std::string_view(content_) : text.substr(match.begin, match.end - match.begin));
    }
  }

 private:
  std::unique_ptr<const TextPattern> pattern_;
  std::string content_;
};

class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string prefix) : prefix_(std::move(prefix)) {}
  void apply(std::string_view text, std::string& out) const override {
    out.assign(text.empty() ? std::string_view() : prefix_);
    out.append(text);
  }

 private:
  std::string prefix_;
};

}  // namespace

Normalized normalize(const Normalizers& steps, std::string_view text, std::string& one, std::string& other) {
  Normalized result{text};
  std::string* target = &one;
  std::string* next = &other;
  for (const auto& step : steps) {
    if (result.keeps_start && !result.text.empty()) result.keeps_start = step->keeps_start(result.text);
    step->apply(result.text, *target);
    result.text = *target;
    std::swap(target, next);
  }
  return result;
}

std::unique_ptr<const Normalizer> make_unicode_form(UnicodeForm form) {
  return std::make_unique<UnicodeFormNormalizer>(form);
}
std::unique_ptr<const Normalizer> make_lowercase() {
  return std::make_unique<Lowercase>();
}
std::unique_ptr<const Normalizer> make_strip_accents() {
  return std::make_unique<StripAccents>();
}
std::unique_ptr<const Normalizer> make_strip(bool left, bool right) {
  return std::make_unique<Strip>(left, right);
}
std::unique_ptr<const Normalizer> make_replace(std::unique_ptr<const TextPattern> pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}
std::unique_ptr<const Normalizer> make_prepend(std::string prefix) {
  return std::make_unique<Prepend>(std::move(prefix));
}

}  // namespace aisle::subword
