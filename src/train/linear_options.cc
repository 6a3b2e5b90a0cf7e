#include "train/linear_options.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/error.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 13> kSpecs = {{
    {"batch", "0", "items between two updates of the weights; 0: chosen by the size of the data"},
    {"balance_fields", "true", "every field weighs the same, however short"},
    {"by_field", "true", "a word of a title is, beside the word, another feature than the same word of the body"},
    {"char_ngrams", "auto",
     "n-grams of characters inside words, as MIN-MAX (3-5, say); 0: none; auto: 2-5 for a category with up to 5,000 "
     "items, else none"},
    {"class_weights", "false",
     "true: an item weighs by the square root of (mean items of a class / items of its class): rare classes count "
     "more, "
     "but less than with the full ratio (\"balanced\" in scikit-learn)"},
    {"epochs", "0",
     "most passes over the training part; from 5 on it stops where the validation part gets no better; 0: chosen by "
     "the size of the data"},
    {"hash_bits", "0", "n-grams are hashed into 2^hash_bits buckets (16 to 26); 0: chosen by the size of the data"},
    {"learning_rate", "0", "of the first pass; 0: chosen by the size of the data"},
    {"max_memory_mb", "1024", "what training may take, in megabytes"},
    {"max_model_mb", "32", "size of the model file, in megabytes"},
    {"min_items", "0", "n-grams of fewer items are dropped; 0: chosen by the size of the data"},
    {"wanted_precision", "0.9", "what sure answers are to reach"},
    {"word_ngrams", "2", "1: words; 2: and pairs of neighbours; 3: and triples"},
}};

[[noreturn]] void refuse(const std::string& key, const std::string& value, const std::string& wanted) {
  throw Error(ErrorCode::kInvalidArgument, "--set " + key + "=" + value.substr(0, 80) + ": it wants " + wanted,
              {{"key", key}});
}

class Reader {
 public:
  explicit Reader(const Parameters& parameters) : parameters_(parameters) {}

  const std::string& text(const std::string& key) const {
    for (const auto& [name, value] : parameters_) {
      if (name == key) return value;
    }
    for (const OptionSpec& spec : kSpecs) {
      if (spec.key == key) return spec.default_value;
    }
    throw Error(ErrorCode::kInternal, "no such option: " + key);
  }

  template <typename T>
  T number(const std::string& key, T least, T most) const {
    const std::string& value = text(key);
    T number{};
    const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (status != std::errc() || end != value.data() + value.size() || !(number >= least && number <= most)) {
      refuse(key, value, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return number;
  }

  bool flag(const std::string& key) const {
    const std::string& value = text(key);
    if (value != "true" && value != "false") refuse(key, value, "true or false");
    return value == "true";
  }

  void range(const std::string& key, std::uint32_t& least, std::uint32_t& most) const {
    const std::string& value = text(key);
    least = most = 0;
    if (value == "0") return;
    const bool right =
        value.size() == 3 && value[1] == '-' && value[0] >= '1' && value[0] <= value[2] && value[2] <= '8';
    if (!right) refuse(key, value, "0 or MIN-MAX from 1-1 to 8-8");
    least = static_cast<std::uint32_t>(value[0] - '0');
    most = static_cast<std::uint32_t>(value[2] - '0');
  }

 private:
  const Parameters& parameters_;
};

}  // namespace

std::span<const OptionSpec> linear_option_specs() {
  return kSpecs;
}

LinearOptions parse_linear_options(const Parameters& parameters) {
  const Reader read(parameters);
  LinearOptions options;
  options.batch = read.number<std::uint32_t>("batch", 0, 4096);
  options.balance_fields = read.flag("balance_fields");
  options.by_field = read.flag("by_field");
  options.choose_chars = read.text("char_ngrams") == "auto";
  if (!options.choose_chars) read.range("char_ngrams", options.char_min, options.char_max);
  options.class_weights = read.flag("class_weights");
  options.epochs = read.number<std::uint32_t>("epochs", 0, 1000);
  options.hash_bits = read.number<std::uint32_t>("hash_bits", 0, 26);
  if (options.hash_bits != 0 && options.hash_bits < 16)
    refuse("hash_bits", read.text("hash_bits"), "0 or a number from 16 to 26");
  options.learning_rate = read.number<double>("learning_rate", 0, 100);
  options.max_memory_mb = read.number<std::uint64_t>("max_memory_mb", 16, 1 << 20);
  options.max_model_mb = read.number<std::uint64_t>("max_model_mb", 1, 1 << 16);
  options.min_items = read.number<std::uint32_t>("min_items", 0, 1'000'000);
  options.wanted_precision = read.number<double>("wanted_precision", 0, 1);
  options.word_ngrams = read.number<std::uint32_t>("word_ngrams", 1, 3);
  return options;
}

}  // namespace aisle
