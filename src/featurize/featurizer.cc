#include "featurize/featurizer.h"

#include <array>
#include <cmath>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kSublinearTable = 64;

std::array<float, kSublinearTable> make_sublinear_table() {
  std::array<float, kSublinearTable> table{};
  for (std::size_t count = 1; count < kSublinearTable; ++count) table[count] = 1 + std::log(static_cast<float>(count));
  return table;
}

const std::array<float, kSublinearTable> kSublinear = make_sublinear_table();

// To length 1, given the sum of squares.
void scale(std::span<Feature> features, float squares) {
  if (!(squares > 0)) return;
  const float factor = 1 / std::sqrt(squares);
  for (Feature& feature : features) feature.weight *= factor;
}

}  // namespace

float inverse_document_frequency(std::uint64_t items, std::uint64_t frequency) {
  return static_cast<float>(std::log((1.0 + static_cast<double>(items)) / (1.0 + static_cast<double>(frequency))) +
                            1.0);
}

float sublinear(std::uint32_t count) {
  return count < kSublinearTable ? kSublinear[count] : 1 + std::log(static_cast<float>(count));
}

Featurizer::Featurizer(const NgramOptions& options, BucketIndex index, std::span<const float> idf)
    : extractor_(options), index_(index), idf_(idf) {
  if (index.words().size() != BucketIndex::words_for(options.hash_bits)) {
    throw Error(ErrorCode::kInvalidArgument, "the index of n-grams has not the size that hash_bits asks for");
  }
}

std::uint32_t Featurizer::row(std::uint32_t bucket) const {
  const std::uint32_t row = index_.row(bucket);
  return row < idf_.size() ? row : BucketIndex::kAbsent;
}

void Featurizer::featurize(const ItemView& item, NgramScratch& scratch, std::vector<Feature>& out) const {
  extractor_.extract(item, scratch);
  weigh(scratch.ngrams, scratch.field_ends, out);
}

void Featurizer::weigh(std::span<const Ngram> ngrams, std::span<const std::uint32_t> field_ends,
                       std::vector<Feature>& out) const {
  const bool balance = extractor_.options().balance_fields;
  for (const Ngram& ngram : ngrams) index_.prefetch(ngram.bucket);
  out.resize(ngrams.size());
  std::size_t size = 0, field_start = 0, ngram = 0;
  float length = 0;
  for (const std::uint32_t field_end : field_ends) {
    for (; ngram < field_end; ++ngram) {
      const std::uint32_t found = row(ngrams[ngram].bucket);
      if (found == BucketIndex::kAbsent) continue;
      __builtin_prefetch(&idf_[found]);
      out[size++] = {found, sublinear(ngrams[ngram].count)};
    }
    const std::span<Feature> field = std::span(out).subspan(field_start, size - field_start);
    const float squares = apply_idf(field);
    length += balance && squares > 0 ? 1 : squares;
    if (balance) scale(field, squares);
    field_start = size;
  }
  out.resize(size);
  scale(out, length);
}

float Featurizer::apply_idf(std::span<Feature> features) const {
  float squares = 0;
  for (Feature& feature : features) {
    feature.weight *= idf_[feature.row];
    squares += feature.weight * feature.weight;
  }
  return squares;
}

}  // namespace aisle
