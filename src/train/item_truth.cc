#include "train/item_truth.h"

#include <string>

#include "core/error.h"
#include "train/linear_data.h"

namespace aisle {
namespace {

constexpr std::size_t kReadBatch = 512;

}  // namespace

SparseSet ItemTruth::labels_of(std::span<const std::uint32_t> items) const {
  SparseSet set;
  set.starts.assign(items.size() + 1, 0);
  for (const std::uint32_t item : items) {
    const std::span<const std::uint32_t> own = of(item);
    set.labels.insert(set.labels.end(), own.begin(), own.end());
    set.label_starts.push_back(static_cast<std::uint32_t>(set.labels.size()));
  }
  return set;
}

SparseSet ItemTruth::all_labels() const {
  SparseSet set;
  set.starts.assign(size() + 1, 0);
  set.label_starts = label_starts;
  set.labels = item_labels;
  return set;
}

ItemTruth read_truth(const TrainRequest& request, const TrainCallbacks& callbacks) {
  const auto items = request.supply->open_items(false);
  const TrainRequest again{request.task, request.labels, *items, {}, request.seed, 1, {}};
  TrainItemReader reader(again, callbacks);
  ItemTruth truth;
  for (std::vector<TrainItem> batch = reader.take(kReadBatch); !batch.empty(); batch = reader.take(kReadBatch)) {
    for (const TrainItem& item : batch) {
      truth.item_labels.insert(truth.item_labels.end(), item.labels.begin(), item.labels.end());
      truth.label_starts.push_back(static_cast<std::uint32_t>(truth.item_labels.size()));
      truth.keys.push_back(item.key);
      truth.validation.push_back(item.validation ? 1 : 0);
    }
  }
  if (reader.labels().size() < 2) {
    throw Error(ErrorCode::kFailedPrecondition,
                "training needs certified items of at least two labels outside the test part; there " +
                    std::string(reader.labels().size() == 1 ? "is one label" : "are none"));
  }
  const std::vector<std::uint32_t> renumbered = reader.labels().sort();
  for (std::uint32_t& label : truth.item_labels) label = renumbered[label];
  truth.labels = reader.labels();
  return truth;
}

}  // namespace aisle
