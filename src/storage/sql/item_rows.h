// How items lie in columns, for the files that read and write them.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <string>

#include "domain/item.h"

namespace aisle::sql {

int to_column(ItemState state);
int to_column(Split split);
ItemState state_of(int column);  // kCorrupt
Split split_of(int column);      // kCorrupt

// The columns of one item, as they are bound; buffers are reused.
struct ItemRow {
  std::string id, image, group, labels, texts;
  int split = 0, state = 0;

  void fill(Item& item) const;  // overwrites it, keeping its memory
};

// "r.id, r.split, ..." in the order of into_row().
inline constexpr const char* kItemColumns = "r.id, r.split, r.image, r.group_name, r.labels, r.texts, i.state";
inline constexpr const char* kRevisionColumns = "r.id, r.split, r.image, r.group_name, r.labels, r.texts";

}  // namespace aisle::sql
