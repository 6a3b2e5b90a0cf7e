#include "featurize/ngram_extractor.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/digest.h"
#include "core/error.h"
#include "featurize/tokenizer.h"

namespace aisle {
namespace {

constexpr std::uint64_t kPair = 0x9fb21c651e98df25;  // odd, to tell (a, b) from (b, a)
constexpr std::uint64_t kChars = 0xd6e8feb86659fd93;

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

// Every n-gram of one field as emit(bucket, begin, end).
template <typename Emit>
class FieldReader {
 public:
  FieldReader(const NgramOptions& options, std::uint64_t seed, Emit& emit)
      : options_(options), shift_(64 - options.hash_bits), seed_(seed), emit_(emit) {}

  void read(std::string_view text) {
    for_each_token(text, [this](const Token& token) {
      words(token);
      if (options_.char_max > 0) chars(token);
      return true;
    });
  }

 private:
  void send(std::uint64_t hash, const char* begin, const char* end) {
    emit_(static_cast<std::uint32_t>(mix64(hash ^ seed_) >> shift_), begin, end);
  }

  void words(const Token& token) {
    send(token.hash, token.begin, token.end);
    if (options_.word_ngrams >= 2 && previous_.begin != nullptr) {
      const std::uint64_t pair = previous_.hash * kPair + token.hash;
      send(pair, previous_.begin, token.end);
      if (options_.word_ngrams >= 3 && before_.begin != nullptr)
        send(before_.hash * kPair * kPair + pair, before_.begin, token.end);
    }
    before_ = previous_;
    previous_ = token;
  }

  // n-grams of code points inside " word ".
  void chars(const Token& token) {
    const std::string_view word(token.begin, static_cast<std::size_t>(token.end - token.begin));
    from(word, 0, 1, tokenizer::hash_byte(kChars, ' '));
    for (std::size_t start = 0; start < word.size(); ++start) {
      if (!is_continuation(word[start])) from(word, start, 0, kChars);
    }
  }

  // The n-grams that start at `start`, of which `length` code points (the space before the word) are in `hash` already.
  void from(std::string_view word, std::size_t start, std::uint32_t length, std::uint64_t hash) {
    std::size_t at = start;
    while (length < options_.char_max && at <= word.size()) {
      if (at == word.size()) {
        hash = tokenizer::hash_byte(hash, ' ');
        ++at;
      } else {
        do {
          const std::uint8_t folded = tokenizer::fold(word[at]);
          hash = tokenizer::hash_byte(hash, folded != 0 ? folded : static_cast<std::uint8_t>(word[at]));
          ++at;
        } while (at < word.size() && is_continuation(word[at]));
      }
      if (++length >= options_.char_min) send(hash, word.data() + start, word.data() + std::min(at, word.size()));
    }
  }

  const NgramOptions& options_;
  const std::uint32_t shift_;
  const std::uint64_t seed_;
  Emit& emit_;
  Token previous_, before_;
};

// Counts buckets in an open-addressing table that is empty at the start.
class Counter {
 public:
  Counter(NgramScratch& scratch, std::size_t most) : ngrams_(scratch.ngrams), slots_(scratch.slots) {
    most = std::clamp<std::size_t>(most, 16, kMaxNgramsPerItem);
    ngrams_.resize(most);
    slots_.assign(std::bit_ceil(2 * most), 0);
    mask_ = slots_.size() - 1;
  }

  void operator()(std::uint32_t bucket, const char*, const char*) {
    std::size_t slot = bucket & mask_;
    while (slots_[slot] != 0) {
      Ngram& ngram = ngrams_[slots_[slot] - 1];
      if (ngram.bucket == bucket) {
        ++ngram.count;
        return;
      }
      slot = (slot + 1) & mask_;
    }
    if (size_ == ngrams_.size()) return;
    ngrams_[size_] = {bucket, 1};
    slots_[slot] = static_cast<std::uint32_t>(++size_);
  }

  std::size_t size() const { return size_; }
  void finish() { ngrams_.resize(size_); }

 private:
  std::vector<Ngram>& ngrams_;
  std::vector<std::uint32_t>& slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

// More n-grams than these bytes can hold there are not.
std::size_t most_ngrams(const NgramOptions& options, std::size_t bytes) {
  const std::size_t words = bytes / 2 + kMaxFields;
  const std::size_t chars = options.char_max == 0 ? 0 : (bytes + words) * (options.char_max - options.char_min + 1);
  return (options.by_field ? 2 : 1) * (words * options.word_ngrams + chars);
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, what);
}

}  // namespace

void check(const NgramOptions& options) {
  if (options.fields < 1 || options.fields > kMaxFields) refuse("a text model reads 1 to 16 fields");
  if (options.word_ngrams < 1 || options.word_ngrams > 3) refuse("word_ngrams is 1, 2 or 3");
  if (options.char_max > 8 || options.char_min > options.char_max || (options.char_max > 0 && options.char_min < 1)) {
    refuse("char_ngrams is 0 or a range from 1 to 8");
  }
  if (options.hash_bits < 10 || options.hash_bits > 28) refuse("hash_bits is 10 to 28");
}

NgramExtractor::NgramExtractor(const NgramOptions& options) : options_(options) {
  check(options);
  for (std::size_t field = 0; field < kMaxFields; ++field) {
    field_seeds_[field] = mix64(options.seed + 1 + field);
  }
}

template <typename Emit>
void NgramExtractor::read_field(const ItemView& item, std::size_t field, PrepareScratch& scratch, Emit& emit) const {
  const std::string_view text = prepare(item.texts[field], scratch);
  FieldReader<Emit>(options_, mix64(options_.seed), emit).read(text);
  const bool last = field + 1 == options_.fields;
  if (options_.by_field && !last) FieldReader<Emit>(options_, field_seeds_[field], emit).read(text);
}

void NgramExtractor::extract(const ItemView& item, NgramScratch& scratch) const {
  const std::size_t fields = std::min<std::size_t>(item.texts.size(), options_.fields);
  std::size_t bytes = 0;
  for (std::size_t field = 0; field < fields; ++field) bytes += item.texts[field].size();
  Counter counter(scratch, most_ngrams(options_, bytes));
  scratch.field_ends.resize(options_.fields);
  for (std::size_t field = 0; field < options_.fields; ++field) {
    if (field < fields) read_field(item, field, scratch.prepare, counter);
    scratch.field_ends[field] = static_cast<std::uint32_t>(counter.size());
  }
  counter.finish();
}

void NgramExtractor::visit(const ItemView& item, PrepareScratch& scratch,
                           const std::function<void(const NgramSpan&)>& visitor) const {
  const std::size_t fields = std::min<std::size_t>(item.texts.size(), options_.fields);
  for (std::size_t field = 0; field < fields; ++field) {
    auto emit = [&](std::uint32_t bucket, const char* begin, const char* end) {
      visitor({bucket, static_cast<std::uint32_t>(field), {begin, static_cast<std::size_t>(end - begin)}});
    };
    read_field(item, field, scratch, emit);
  }
}

}  // namespace aisle
