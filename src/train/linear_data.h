// Items to counted n-grams, on several threads while the items are being read. What comes out does not depend on the
// number of threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/item.h"
#include "featurize/ngram_extractor.h"
#include "train/label_table.h"
#include "train/trainer.h"

namespace aisle {

// A labelled item of the train or validation part.
struct TrainItem {
  std::vector<std::string> texts;
  std::string picture;                // a whole file where the source brings it
  std::vector<std::uint32_t> labels;  // of the LabelTable
  std::uint64_t key = 0;              // a hash of group or id: items of one key are never split apart
  bool validation = false;            // as stored
};

// Takes from a source what training may use: labelled, not of the test part.
class TrainItemReader {
 public:
  TrainItemReader(const TrainRequest& request, const TrainCallbacks& callbacks)
      : request_(request), callbacks_(callbacks) {}

  // Up to `count` items; fewer at the end.
  std::vector<TrainItem> take(std::size_t count);
  LabelTable& labels() { return labels_; }
  const LabelTable& labels() const { return labels_; }

 private:
  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  LabelTable labels_;
  Item item_;
  std::uint64_t read_ = 0;
  bool ended_ = false;
};

struct NgramItem {
  std::uint64_t key = 0;
  std::uint32_t ngrams_end = 0;  // in the chunk; they start where the item before ends
  std::uint32_t labels_end = 0;
  bool validation = false;
};

// A batch of items. An n-gram is packed as bucket | count << hash_bits, its count cut to what fits.
struct NgramChunk {
  std::vector<NgramItem> items;
  std::vector<std::uint32_t> ngrams;
  std::vector<std::uint32_t> field_ends;  // [items, fields], from the item's first n-gram
  std::vector<std::uint32_t> labels;
};

struct NgramData {
  NgramOptions options;
  std::vector<NgramChunk> chunks;
  std::size_t items = 0;

  Ngram unpack(std::uint32_t packed) const {
    return {packed & ((std::uint32_t{1} << options.hash_bits) - 1), packed >> options.hash_bits};
  }
};

class NgramCollector {
 public:
  NgramCollector(const NgramOptions& options, std::size_t threads);
  ~NgramCollector();

  // Takes a batch. Waits (or works itself) while others are pending, so that memory stays bounded.
  void add(std::vector<TrainItem> batch);
  // The chunks in the order of add(). Once.
  NgramData finish();

 private:
  struct Job {
    std::size_t number = 0;
    std::vector<TrainItem> items;
  };
  void work();
  void run(const Job& job, NgramScratch& scratch);

  NgramExtractor extractor_;
  NgramScratch own_scratch_;
  std::size_t added_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::deque<NgramChunk> chunks_;  // a deque: places stay while it grows
  std::exception_ptr failure_;
  bool closed_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace aisle
