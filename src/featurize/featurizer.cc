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

}  // namespace

float inverse_document_frequency(std::uint64_t items, std::uint64_t frequency) {
  return static_cast<float>(std::log((1.0 + static_cast<double>(items)) / (1.0 + static_cast<double>(frequency))) + 1.0);
}

float sublinear(std::uint32_t count) {
  return count < kSublinearTable ? kSublinear[count] : 1 + std::log(static_cast<float>(count));
}

Featurizer::Featurizer(const NgramOptions& options, BucketIndex index, std::span<const float> idf, float unknown_idf)
    : extractor_(options), index_(index), idf_(idf), unknown_idf_(unknown_idf) {
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
  weigh(scratch.ngrams, out);
}

void Featurizer::weigh(std::span<const Ngram> ngrams, std::vector<Feature>& out) const {
  for (const Ngram& ngram : ngrams) index_.prefetch(ngram.bucket);
  out.resize(ngrams.size());
  std::size_t size = 0;
  float unknown = 0;
  for (const Ngram& ngram : ngrams) {
    const float frequency = sublinear(ngram.count);
    const std::uint32_t found = row(ngram.bucket);
    if (found == BucketIndex::kAbsent) {
      unknown += frequency * frequency;
      continue;
    }
    __builtin_prefetch(&idf_[found]);
    out[size++] = {found, frequency};
  }
  out.resize(size);
  float length = unknown * unknown_idf_ * unknown_idf_;
  for (Feature& feature : out) {
    feature.weight *= idf_[feature.row];
    length += feature.weight * feature.weight;
  }
  if (!(length > 0)) return;
  const float scale = 1 / std::sqrt(length);
  for (Feature& feature : out) feature.weight *= scale;
}

}  // namespace aisle
