#include "train/vocabulary.h"

#include <algorithm>

#include "core/parallel.h"
#include "train/huge_array.h"

namespace aisle {
namespace {

// The n-grams of a chunk's item i.
std::span<const std::uint32_t> item_ngrams(const NgramChunk& chunk, std::size_t i) {
  const std::uint32_t begin = i == 0 ? 0 : chunk.items[i - 1].ngrams_end;
  return std::span(chunk.ngrams).subspan(begin, chunk.items[i].ngrams_end - begin);
}

std::span<const std::uint32_t> item_labels(const NgramChunk& chunk, std::size_t i) {
  const std::uint32_t begin = i == 0 ? 0 : chunk.items[i - 1].labels_end;
  return std::span(chunk.labels).subspan(begin, chunk.items[i].labels_end - begin);
}

// Items of the train part that have each bucket. Each worker counts its own range of buckets: no locks.
std::size_t count_items(const NgramData& data, const PartOf& part_of, std::size_t threads,
                        HugeArray<std::uint32_t>& frequencies) {
  std::vector<std::size_t> items(threads);
  parallel_for(threads, threads, [&](std::size_t share, std::size_t) {
    const auto from = static_cast<std::uint32_t>(frequencies.size() * share / threads);
    const auto width = static_cast<std::uint32_t>(frequencies.size() * (share + 1) / threads) - from;
    for (const NgramChunk& chunk : data.chunks) {
      for (std::size_t i = 0; i < chunk.items.size(); ++i) {
        if (part_of(chunk.items[i]) != Part::kTrain) continue;
        ++items[share];
        for (const std::uint32_t packed : item_ngrams(chunk, i)) {
          const std::uint32_t bucket = data.unpack(packed).bucket;
          if (bucket - from < width) ++frequencies[bucket];
        }
      }
    }
  });
  return items[0];
}

// The least frequency with which at most max_rows buckets remain.
std::uint32_t frequency_limit(const HugeArray<std::uint32_t>& frequencies, const VocabularyLimits& limits) {
  constexpr std::size_t kMost = 65536;
  std::vector<std::size_t> histogram(kMost + 1);
  for (std::size_t bucket = 0; bucket < frequencies.size(); ++bucket)
    ++histogram[std::min<std::size_t>(frequencies[bucket], kMost)];
  std::size_t rows = 0;
  for (std::size_t frequency = kMost; frequency >= std::max(limits.min_items, 1U); --frequency) {
    rows += histogram[frequency];
    if (rows > limits.max_rows) return static_cast<std::uint32_t>(frequency + 1);
  }
  return std::max(limits.min_items, 1U);
}

}  // namespace

Vocabulary fit_vocabulary(const NgramData& data, const PartOf& part_of, const VocabularyLimits& limits,
                          std::size_t threads) {
  HugeArray<std::uint32_t> frequencies(std::size_t{1} << data.options.hash_bits);
  const std::size_t items = count_items(data, part_of, threads, frequencies);
  const std::uint32_t least = frequency_limit(frequencies, limits);
  Vocabulary vocabulary{data.options, {}, {}};
  std::vector<std::uint32_t> buckets;
  for (std::size_t bucket = 0; bucket < frequencies.size(); ++bucket) {
    if (frequencies[bucket] < least) continue;
    buckets.push_back(static_cast<std::uint32_t>(bucket));
    vocabulary.idf.push_back(inverse_document_frequency(items, frequencies[bucket]));
  }
  vocabulary.index = build_bucket_index(buckets, data.options.hash_bits);
  return vocabulary;
}

SparseSet make_sparse_set(const NgramData& data, const Featurizer& featurizer, const PartOf& part_of, Part wanted,
                          std::size_t threads) {
  std::vector<SparseSet> pieces(data.chunks.size());
  parallel_for(data.chunks.size(), threads, [&](std::size_t number, std::size_t) {
    const NgramChunk& chunk = data.chunks[number];
    SparseSet& piece = pieces[number];
    std::vector<Ngram> ngrams;
    std::vector<Feature> features;
    for (std::size_t i = 0; i < chunk.items.size(); ++i) {
      if (part_of(chunk.items[i]) != wanted) continue;
      ngrams.clear();
      for (const std::uint32_t packed : item_ngrams(chunk, i)) ngrams.push_back(data.unpack(packed));
      featurizer.weigh(ngrams, std::span(chunk.field_ends).subspan(i * data.options.fields, data.options.fields),
                       features);
      std::ranges::sort(features, {}, &Feature::row);
      piece.features.insert(piece.features.end(), features.begin(), features.end());
      piece.starts.push_back(piece.features.size());
      const std::span<const std::uint32_t> labels = item_labels(chunk, i);
      piece.labels.insert(piece.labels.end(), labels.begin(), labels.end());
      piece.label_starts.push_back(static_cast<std::uint32_t>(piece.labels.size()));
    }
  });
  SparseSet all;
  std::size_t features = 0;
  for (const SparseSet& piece : pieces) features += piece.features.size();
  all.features.reserve(features);
  for (SparseSet& piece : pieces) {
    const std::uint64_t base = all.features.size();
    const auto label_base = static_cast<std::uint32_t>(all.labels.size());
    all.features.insert(all.features.end(), piece.features.begin(), piece.features.end());
    all.labels.insert(all.labels.end(), piece.labels.begin(), piece.labels.end());
    for (std::size_t i = 1; i < piece.starts.size(); ++i) {
      all.starts.push_back(base + piece.starts[i]);
      all.label_starts.push_back(label_base + piece.label_starts[i]);
    }
    piece = SparseSet();
  }
  return all;
}

}  // namespace aisle
