#include "train/linear_options.h"

#include <array>

#include "train/option_reader.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 14> kSpecs = {{
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
    {"prune", "0.1", "share of the n-grams, those with the smallest weights, that the model file leaves out"},
    {"wanted_precision", "0.9", "what sure answers are to reach"},
    {"word_ngrams", "2", "1: words; 2: and pairs of neighbours; 3: and triples"},
}};

// "0", or "MIN-MAX" of one digit each.
void read_range(const OptionReader& read, const std::string& key, std::uint32_t& least, std::uint32_t& most) {
  const std::string& value = read.text(key);
  least = most = 0;
  if (value == "0") return;
  const bool right = value.size() == 3 && value[1] == '-' && value[0] >= '1' && value[0] <= value[2] && value[2] <= '8';
  if (!right) read.refuse(key, "0 or MIN-MAX from 1-1 to 8-8");
  least = static_cast<std::uint32_t>(value[0] - '0');
  most = static_cast<std::uint32_t>(value[2] - '0');
}

}  // namespace

std::span<const OptionSpec> linear_option_specs() {
  return kSpecs;
}

LinearOptions parse_linear_options(const Parameters& parameters) {
  const OptionReader read(parameters, kSpecs);
  LinearOptions options;
  options.batch = read.number<std::uint32_t>("batch", 0, 4096);
  options.balance_fields = read.flag("balance_fields");
  options.by_field = read.flag("by_field");
  options.choose_chars = read.text("char_ngrams") == "auto";
  if (!options.choose_chars) read_range(read, "char_ngrams", options.char_min, options.char_max);
  options.class_weights = read.flag("class_weights");
  options.epochs = read.number<std::uint32_t>("epochs", 0, 1000);
  options.hash_bits = read.number<std::uint32_t>("hash_bits", 0, 26);
  if (options.hash_bits != 0 && options.hash_bits < 16) read.refuse("hash_bits", "0 or a number from 16 to 26");
  options.learning_rate = read.number<double>("learning_rate", 0, 100);
  options.max_memory_mb = read.number<std::uint64_t>("max_memory_mb", 16, 1 << 20);
  options.max_model_mb = read.number<std::uint64_t>("max_model_mb", 1, 1 << 16);
  options.min_items = read.number<std::uint32_t>("min_items", 0, 1'000'000);
  options.prune = read.number<double>("prune", 0, 0.99);
  options.wanted_precision = read.number<double>("wanted_precision", 0, 1);
  options.word_ngrams = read.number<std::uint32_t>("word_ngrams", 1, 3);
  return options;
}

}  // namespace aisle
