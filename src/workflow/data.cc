#include "workflow/data.h"

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kListedIds = 1000;
constexpr std::int64_t kPage = 2000;

void export_certified(Context& context, const Task& task, const std::function<void(const Item&)>& write) {
  ItemFilter filter{.state = ItemState::kCertified, .limit = kPage};
  while (true) {
    context.cancel.check();
    const std::vector<Item> page = context.workspace.training->list_items(task.id, filter);
    for (const Item& item : page) write(item);
    if (page.empty()) return;
    filter.after_id = page.back().id;
  }
}

}  // namespace

ItemCounts count_items(Context& context, const Task& task) {
  return context.workspace.training->count_items(task.id);
}

DataOverview describe_data(Context& context, const Task& task) {
  TrainingStore& store = *context.workspace.training;
  return {store.count_items(task.id), store.list_labels(task.id), store.list_snapshots(task.id)};
}

Snapshot require_snapshot(Context& context, const Task& task, std::int64_t number) {
  TrainingStore& store = *context.workspace.training;
  if (auto snapshot = store.find_snapshot(task.id, number)) return *snapshot;
  const auto known = store.list_snapshots(task.id).size();
  const std::string advice = known == 0 ? "there is none yet: `aisle train` makes the first"
                                        : "`aisle data list --task " + task.name + "` lists them";
  throw Error(ErrorCode::kNotFound, "'" + task.name + "' has no snapshot " + std::to_string(number) + "; " + advice,
              {{"snapshot", std::to_string(number)}});
}

SnapshotDiff diff_data(Context& context, const Task& task, std::int64_t from, std::int64_t to) {
  require_snapshot(context, task, from);
  require_snapshot(context, task, to);
  return context.workspace.training->diff_snapshots(task.id, from, to, kListedIds);
}

void export_items(Context& context, const Task& task, std::optional<std::int64_t> snapshot,
                  const std::function<void(const Item&)>& write) {
  if (!snapshot) return export_certified(context, task, write);
  require_snapshot(context, task, *snapshot);
  const auto items = context.workspace.training->read_snapshot(task.id, *snapshot, std::nullopt);
  for (Item item; items->next(item);) {
    context.cancel.check();
    write(item);
  }
}

}  // namespace aisle
