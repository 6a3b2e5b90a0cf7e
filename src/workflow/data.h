// Looking at a task's items and snapshots, and taking them out.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "workflow/context.h"

namespace aisle {

struct DataOverview {
  ItemCounts counts;
  std::vector<LabelInfo> labels;
  std::vector<Snapshot> snapshots;  // newest first
};

ItemCounts count_items(Context& context, const Task& task);
DataOverview describe_data(Context& context, const Task& task);

// kNotFound names the snapshots that there are.
Snapshot require_snapshot(Context& context, const Task& task, std::int64_t number);

SnapshotDiff diff_data(Context& context, const Task& task, std::int64_t from, std::int64_t to);

// Every item of a snapshot, or of the certified items as they are now, by id.
void export_items(Context& context, const Task& task, std::optional<std::int64_t> snapshot,
                  const std::function<void(const Item&)>& write);

}  // namespace aisle
