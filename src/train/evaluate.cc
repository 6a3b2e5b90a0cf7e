#include "train/evaluate.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/parallel.h"
#include "domain/limits.h"
#include "train/metrics.h"
#include "train/mistakes.h"

namespace aisle {
namespace {

constexpr std::size_t kChunkItems = 2048;
constexpr std::size_t kChunkBytes = 16 << 20;  // of texts and pictures; a chunk ends at the item that passes it
constexpr std::size_t kBatchItems = 64;        // what a thread takes at a time
constexpr std::size_t kMistakeTextBytes = 240;

// Labels as class indices. A label that the model does not know gets an index after the model's.
class LabelIndex {
 public:
  explicit LabelIndex(const ModelCard& card) {
    for (const LabelInfo& info : card.labels) add(info.label);
  }
  std::uint32_t index_of(const std::string& label) {
    const auto found = indices_.find(label);
    return found != indices_.end() ? found->second : add(label);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::uint32_t add(const std::string& label) {
    // Twice the bound: the model's labels and as many of the data's own.
    if (names_.size() >= 2 * limits::kLabelsPerTask) {
      throw Error(ErrorCode::kTooLarge,
                  "the data have too many labels that the model does not know; check that the "
                  "label column is the right one",
                  {{"limit", std::to_string(limits::kLabelsPerTask)}});
    }
    const auto index = static_cast<std::uint32_t>(names_.size());
    indices_.emplace(label, index);
    names_.push_back(label);
    return index;
  }

  std::unordered_map<std::string, std::uint32_t> indices_;
  std::vector<std::string> names_;
};

// Items that are measured together, with their labels as indices. Buffers are reused.
struct Chunk {
  std::vector<Item> items = std::vector<Item>(kChunkItems);
  std::vector<std::vector<std::uint32_t>> truth = std::vector<std::vector<std::uint32_t>>(kChunkItems);
  std::size_t count = 0;
};

// Reads items into chunks and leaves out those of a category task that have no label to compare with.
class ChunkReader {
 public:
  ChunkReader(ItemSource& items, const ModelCard& card) : items_(items), card_(card), labels_(card) {}

  bool next(Chunk& chunk) {
    std::size_t bytes = 0;
    chunk.count = 0;
    while (chunk.count < kChunkItems && bytes < kChunkBytes && items_.next(chunk.items[chunk.count])) {
      const Item& item = chunk.items[chunk.count];
      if (!measurable(item)) continue;
      for (const std::string& text : item.texts) bytes += text.size();
      bytes += item.picture.size();
      std::vector<std::uint32_t>& truth = chunk.truth[chunk.count];
      truth.clear();
      for (const std::string& label : item.labels) truth.push_back(labels_.index_of(label));
      std::sort(truth.begin(), truth.end());
      ++chunk.count;
    }
    return chunk.count > 0;
  }
  const std::vector<std::string>& labels() const { return labels_.names(); }
  std::int64_t unlabelled() const { return unlabelled_; }

 private:
  bool measurable(const Item& item) {
    if (item.texts.size() != card_.text_fields.size()) {
      throw Error(ErrorCode::kInvalidArgument, "the item's text fields are not those that the model was trained on",
                  {{"id", item.id},
                   {"fields", std::to_string(item.texts.size())},
                   {"model's fields", std::to_string(card_.text_fields.size())}});
    }
    if (card_.kind == TaskKind::kTags) return true;
    if (item.labels.size() > 1) {
      throw Error(ErrorCode::kInvalidArgument, "an item of a category task has one label, this one has several",
                  {{"id", item.id}, {"labels", std::to_string(item.labels.size())}});
    }
    unlabelled_ += item.labels.empty() ? 1 : 0;
    return !item.labels.empty();
  }

  ItemSource& items_;
  const ModelCard& card_;
  LabelIndex labels_;
  std::int64_t unlabelled_ = 0;
};

// The start of an item's texts on one line, cut between characters.
std::string excerpt(const Item& item) {
  std::string text;
  for (const std::string& part : item.texts) {
    if (part.empty()) continue;
    if (!text.empty()) text += " \u2014 ";
    text.append(part, 0, kMistakeTextBytes + 4);
    if (text.size() > kMistakeTextBytes) break;
  }
  if (text.size() > kMistakeTextBytes) {
    std::size_t end = kMistakeTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "\u2026";
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

// Of the strongest label that is selected and wrong; 0 where the answer only misses labels.
double wrong_probability(const Prediction& prediction, std::span<const std::uint32_t> truth) {
  double strongest = 0;
  for (const LabelScore& score : prediction.labels) {
    if (!score.selected || std::binary_search(truth.begin(), truth.end(), score.label)) continue;
    strongest = std::max(strongest, static_cast<double>(score.probability));
  }
  return strongest;
}

void check_probabilities(std::span<const float> probabilities, const Item& item) {
  for (const float p : probabilities) {
    if (p >= 0 && p <= 1.0001F) continue;  // false for NaN too
    throw Error(ErrorCode::kCorrupt, "the model answers with something that is no probability; train it again",
                {{"id", item.id}, {"value", std::to_string(p)}});
  }
}

// What one thread has: a worker, counts, scratch memory.
class Lane {
 public:
  explicit Lane(const Classifier& classifier)
      : card_(classifier.card()), worker_(classifier.new_worker()), metrics_(card_.kind, card_.labels.size()) {}

  // Together: a network answers several items faster than one by one.
  void measure(const Chunk& chunk, std::size_t begin, std::size_t end) {
    views_.clear();
    for (std::size_t i = begin; i < end; ++i) views_.push_back(view(chunk.items[i]));
    const std::size_t classes = card_.labels.size();
    known_.resize(views_.size());
    probabilities_.resize(views_.size() * classes);
    worker_->probabilities_of(views_, probabilities_, known_);
    for (std::size_t i = begin; i < end; ++i)
      measure(chunk.items[i], chunk.truth[i], std::span(probabilities_).subspan((i - begin) * classes, classes),
              known_[i - begin] != 0);
  }
  Metrics& metrics() { return metrics_; }
  WorstMistakes& mistakes() { return mistakes_; }

 private:
  void measure(const Item& item, std::span<const std::uint32_t> truth, std::span<const float> probabilities,
               bool known) {
    check_probabilities(probabilities, item);
    decide(card_, probabilities, kTopRanks, prediction_, known);
    if (metrics_.add(truth, prediction_, probabilities)) return;
    const double probability = wrong_probability(prediction_, truth);
    if (!mistakes_.wants(probability, item.id)) return;
    Mistake mistake{item.id, excerpt(item), item.labels, {}, probability};
    for (const LabelScore& score : prediction_.labels) {
      if (score.selected) mistake.answer.push_back(card_.labels[score.label].label);
    }
    mistakes_.add(std::move(mistake));
  }

  const ModelCard& card_;
  std::unique_ptr<Worker> worker_;
  std::vector<ItemView> views_;
  std::vector<std::uint8_t> known_;
  std::vector<float> probabilities_;  // [views, K]
  Prediction prediction_;
  Metrics metrics_;
  WorstMistakes mistakes_;
};

Evaluation gather(std::vector<std::unique_ptr<Lane>>& lanes, const ModelCard& card,
                  std::span<const std::string> labels) {
  Metrics metrics(card.kind, card.labels.size());
  WorstMistakes mistakes;
  for (const std::unique_ptr<Lane>& lane : lanes) {
    if (!lane) continue;
    metrics.merge(lane->metrics());
    mistakes.merge(std::move(lane->mistakes()));
  }
  Evaluation result;
  result.items = metrics.items();
  result.classes = static_cast<std::int64_t>(card.labels.size());
  result.unknown_labels = metrics.unknown();
  result.measures = metrics.measures();
  result.per_class = metrics.per_class(labels);
  result.confusion = metrics.confusion(labels);
  result.reliability = metrics.reliability();
  result.mistakes = mistakes.take();
  return result;
}

}  // namespace

Evaluation evaluate(const Classifier& classifier, ItemSource& items, std::size_t threads, Progress& progress,
                    const CancelToken& cancel) {
  std::vector<std::unique_ptr<Lane>> lanes(thread_count(threads));  // each made by the thread that first needs it
  ChunkReader reader(items, classifier.card());
  Chunk chunk;
  double seconds = 0;
  std::uint64_t done = 0;
  while (reader.next(chunk)) {
    const Stopwatch watch;
    const std::size_t batches = (chunk.count + kBatchItems - 1) / kBatchItems;
    parallel_for(batches, lanes.size(), [&](std::size_t batch, std::size_t thread) {
      cancel.check();
      if (!lanes[thread]) lanes[thread] = std::make_unique<Lane>(classifier);
      const std::size_t end = std::min(chunk.count, (batch + 1) * kBatchItems);
      lanes[thread]->measure(chunk, batch * kBatchItems, end);
    });
    seconds += watch.seconds();
    done += chunk.count;
    progress.update({"evaluating", done, 0, "items", {}});
  }
  if (reader.unlabelled() > 0) {
    progress.message(std::to_string(reader.unlabelled()) + " items have no label and were not measured");
  }
  Evaluation result = gather(lanes, classifier.card(), reader.labels());
  result.seconds = seconds;
  return result;
}

}  // namespace aisle
