#include "train/linear_data.h"

#include <algorithm>

#include "core/digest.h"
#include "core/error.h"

namespace aisle {
namespace {

constexpr std::uint64_t kPartKey = 0x7061727473;  // of TrainItem::key; fixed, so that folds stay
constexpr std::size_t kPendingPerThread = 4;

NgramChunk extract(const NgramExtractor& extractor, std::span<const TrainItem> items, NgramScratch& scratch) {
  const std::uint32_t bits = extractor.options().hash_bits;
  const std::uint32_t most = (std::uint32_t{1} << (32 - bits)) - 1;
  NgramChunk chunk;
  chunk.items.reserve(items.size());
  for (const TrainItem& item : items) {
    extractor.extract({item.texts}, scratch);
    for (const Ngram& ngram : scratch.ngrams)
      chunk.ngrams.push_back(ngram.bucket | std::min(ngram.count, most) << bits);
    chunk.field_ends.insert(chunk.field_ends.end(), scratch.field_ends.begin(), scratch.field_ends.end());
    chunk.labels.insert(chunk.labels.end(), item.labels.begin(), item.labels.end());
    chunk.items.push_back({item.key, static_cast<std::uint32_t>(chunk.ngrams.size()),
                           static_cast<std::uint32_t>(chunk.labels.size()), item.validation});
  }
  chunk.ngrams.shrink_to_fit();
  return chunk;
}

}  // namespace

std::vector<TrainItem> TrainItemReader::take(std::size_t count) {
  std::vector<TrainItem> items;
  while (!ended_ && items.size() < count) {
    if (!request_.items.next(item_)) {
      ended_ = true;
      break;
    }
    if (++read_ % 1024 == 0) {
      callbacks_.cancel.check();
      callbacks_.progress.update({.stage = "reading items", .done = read_, .unit = "items"});
    }
    if (item_.split == Split::kTest || item_.labels.empty()) continue;
    TrainItem& item = items.emplace_back();
    item.texts.swap(item_.texts);
    item.picture.swap(item_.picture);
    for (const std::string& label : item_.labels) item.labels.push_back(labels_.add(label));
    item.key = hash64(item_.group.empty() ? item_.id : item_.group, kPartKey);
    item.validation = item_.split == Split::kValidation;
  }
  return items;
}

NgramCollector::NgramCollector(const NgramOptions& options, std::size_t threads) : extractor_(options) {
  for (std::size_t i = 1; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

NgramCollector::~NgramCollector() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
}

void NgramCollector::add(std::vector<TrainItem> batch) {
  if (batch.empty()) return;
  Job job{added_++, std::move(batch)};
  {
    const std::lock_guard lock(mutex_);
    chunks_.emplace_back();
    if (failure_) std::rethrow_exception(failure_);
    if (jobs_.size() < threads_.size() * kPendingPerThread) {
      jobs_.push_back(std::move(job));
      changed_.notify_one();
      return;
    }
  }
  run(job, own_scratch_);
}

NgramData NgramCollector::finish() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  work();
  threads_.clear();  // joins
  if (failure_) std::rethrow_exception(failure_);
  NgramData data{extractor_.options(), {}, 0};
  for (NgramChunk& chunk : chunks_) {
    data.items += chunk.items.size();
    data.chunks.push_back(std::move(chunk));
  }
  return data;
}

void NgramCollector::work() {
  NgramScratch scratch;
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    try {
      run(job, scratch);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }
}

void NgramCollector::run(const Job& job, NgramScratch& scratch) {
  NgramChunk chunk = extract(extractor_, job.items, scratch);
  const std::lock_guard lock(mutex_);
  chunks_[job.number] = std::move(chunk);
}

}  // namespace aisle
