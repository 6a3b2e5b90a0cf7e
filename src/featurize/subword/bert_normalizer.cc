#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <array>
#include <vector>

#include "core/error.h"
#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/normalizer.h"
#include "text/ascii.h"

namespace aisle::subword {
namespace {

constexpr char32_t kTableSize = 0x3000;  // the scripts written with letters

// Cleans, sets ideographs apart, decomposes and drops accents, lowers. Each of these looks at one character alone, but
// for the order of combining marks that are kept; they are rare, and a text with one takes the slow way. So ASCII and
// the letters below U+3000 come from a table.
class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {
    UErrorCode status = U_ZERO_ERROR;
    nfd_ = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status) || nfd_ == nullptr)
      throw Error(ErrorCode::kInternal, "ICU has no normalisation data: install libicu72");
    for (char32_t c = 0; c < kTableSize; ++c) add_to_table(c);
    for (std::size_t c = 0; c < ascii_.size(); ++c) ascii_[c] = table_[c].size == 0 ? '\0' : pool_[table_[c].begin];
  }

  void apply(std::string_view text, std::string& out) const override {
    if (!apply_fast(text, out)) apply_slow(text, out);
  }

  bool keeps_start(std::string_view text) const override {
    std::size_t at = 0;
    std::string first;
    append_alone(next_code_point(text, at), first);
    return !first.empty();
  }

 private:
  struct Entry {
    std::uint32_t begin = 0;  // of what the character becomes, in pool_
    std::uint8_t size = 0;
    bool is_fast = true;
  };

  void add_to_table(char32_t c) {
    Entry entry{static_cast<std::uint32_t>(pool_.size())};
    entry.is_fast = append_alone(c, pool_);
    entry.size = static_cast<std::uint8_t>(pool_.size() - entry.begin);
    table_.push_back(entry);
  }

  bool apply_fast(std::string_view text, std::string& out) const {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t run = ascii::run_length(text.substr(at));
      append_ascii(text.substr(at, run), out);
      at += run;
      while (at < text.size() && !is_ascii(text[at])) {
        const char32_t c = next_code_point(text, at);
        if (c >= kTableSize) {
          if (!append_alone(c, out)) return false;
        } else if (const Entry& entry = table_[c]; entry.is_fast) {
          out.append(pool_, entry.begin, entry.size);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  void append_ascii(std::string_view run, std::string& out) const {
    const std::size_t before = out.size();
    out.resize(before + run.size());
    char* to = out.data() + before;
    for (const char c : run) {
      const char becomes = ascii_[static_cast<unsigned char>(c)];
      *to = becomes;
      to += becomes != '\0' || !options_.clean_text ? 1 : 0;
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
  }

  // Calls sink(char32_t) for what cleaning and setting apart make of `c`.
  template <typename Sink>
  void clean(char32_t c, Sink&& sink) const {
    if (options_.clean_text) {
      if (c == 0 || c == 0xFFFD || is_control(c)) return;
      if (is_space(c)) c = U' ';
    }
    const bool apart = options_.set_apart_cjk && is_ideograph(c);
    if (apart) sink(U' ');
    sink(c);
    if (apart) sink(U' ');
  }

  void finish(char32_t c, std::string& out) const {
    if (options_.strip_accents && is_nonspacing_mark(c)) return;
    if (!options_.lowercase) return append_code_point(c, out);
    lower(c, [&](char32_t lowered) { append_code_point(lowered, out); });
  }

  // False where the character's place depends on its neighbours.
  bool append_alone(char32_t c, std::string& out) const {
    bool is_alone = true;
    clean(c, [&](char32_t cleaned) {
      if (!options_.strip_accents) return finish(cleaned, out);
      icu::UnicodeString parts;
      if (!is_normalized(cleaned) || nfd_->getDecomposition(static_cast<UChar32>(cleaned), parts) == 0)
        parts = icu::UnicodeString(static_cast<UChar32>(cleaned));
      for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
        const auto part = static_cast<char32_t>(parts.char32At(i));
        if (!is_nonspacing_mark(part) && is_normalized(part) && nfd_->getCombiningClass(parts.char32At(i)) != 0)
          is_alone = false;
        finish(part, out);
      }
    });
    return is_alone;
  }

  void apply_slow(std::string_view text, std::string& out) const {
    std::string cleaned, decomposed;
    for (std::size_t at = 0; at < text.size();) {
      clean(next_code_point(text, at), [&](char32_t c) { append_code_point(c, cleaned); });
    }
    make_unicode_form(UnicodeForm::kNfd)->apply(cleaned, decomposed);
    out.clear();
    for (std::size_t at = 0; at < decomposed.size();) finish(next_code_point(decomposed, at), out);
  }

  BertNormalizerOptions options_;
  const icu::Normalizer2* nfd_ = nullptr;
  std::array<char, 128> ascii_{};  // '\0': dropped
  std::vector<Entry> table_;
  std::string pool_;
};

}  // namespace

std::unique_ptr<const Normalizer> make_bert_normalizer(const BertNormalizerOptions& options) {
  return std::make_unique<BertNormalizer>(options);
}

}  // namespace aisle::subword
