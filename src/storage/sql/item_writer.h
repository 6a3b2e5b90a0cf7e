// Writes items within one transaction: the current row, the revision, the labels, the counters. The statements are
// prepared once for a batch and bound to the members below.
#pragma once

#include <soci/soci.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/sql/item_rows.h"
#include "storage/sql/label_book.h"
#include "storage/store.h"

namespace aisle::sql {

class ItemWriter {
 public:
  ItemWriter(soci::session& session, std::int64_t task);
  ItemWriter(const ItemWriter&) = delete;
  ItemWriter& operator=(const ItemWriter&) = delete;

  PutResult put(const NewItem& item);
  // Whether it changed; nothing when the id is not known.
  std::optional<bool> set_state(const std::string& id, ItemState state);
  // Writes the counters. Once, before the commit.
  void finish();

 private:
  bool find(const std::string& id);  // fills current_
  PutResult add(const NewItem& item);
  PutResult update(const NewItem& item, Split split, ItemState state, bool same_content);
  void insert_revision(const NewItem& item, Split split);
  void change_state(ItemState from, ItemState to, const std::vector<std::string>& labels);
  void move_labels(const NewItem& item, ItemState from, ItemState to);
  const std::vector<std::string>& current_labels();

  struct Current {
    int state = 0, split = 0;
    std::int64_t revision = 0;
    std::string content, labels;
  };

  soci::session& session_;
  std::int64_t task_;
  std::int64_t next_revision_ = 0;
  ItemRow row_;
  Current current_;
  std::string content_, fingerprint_;
  std::int64_t revision_ = 0;
  std::vector<std::string> labels_;
  std::array<std::int64_t, 3> state_changes_{};
  bool certified_changed_ = false;
  LabelBook book_;
  soci::statement find_, read_labels_, insert_item_, insert_revision_, update_item_, update_state_;
};

}  // namespace aisle::sql
