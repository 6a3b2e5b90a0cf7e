#include "storage/sql/item_rows.h"

#include "core/error.h"
#include "storage/netstring.h"

namespace aisle::sql {
namespace {

constexpr int kStates = 3;
constexpr int kSplits = 3;

void check_range(int column, int count) {
  if (column >= 0 && column < count) return;
  throw Error(ErrorCode::kCorrupt, "a stored item has the state or split " + std::to_string(column) +
                                       "; restore the workspace from a backup");
}

}  // namespace

int to_column(ItemState state) {
  return static_cast<int>(state);
}
int to_column(Split split) {
  return static_cast<int>(split);
}

ItemState state_of(int column) {
  check_range(column, kStates);
  return static_cast<ItemState>(column);
}

Split split_of(int column) {
  check_range(column, kSplits);
  return static_cast<Split>(column);
}

void ItemRow::fill(Item& item) const {
  item.id = id;
  item.image = image;
  item.group = group;
  split_netstrings(labels, item.labels);
  split_netstrings(texts, item.texts);
  item.split = split_of(split);
  item.state = state_of(state);
}

}  // namespace aisle::sql
