// What every store must do, whatever it is made of. A new kind of store adds one line to kStoreKinds.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "storage/memory/memory_store.h"
#include "storage/workspace.h"
#include "support/temporary_folder.h"

namespace aisle {

inline constexpr const char* kStoreKinds[] = {"memory", "sqlite"};

inline std::string kind_name(const testing::TestParamInfo<const char*>& kind) {
  return kind.param;
}

inline Task make_task(const std::string& name, TaskKind kind = TaskKind::kTags) {
  Task task;
  task.name = name;
  task.kind = kind;
  task.text_fields = {"title", "body"};
  task.created_ms = 5;
  return task;
}

inline NewItem make_item(const std::string& id, const std::string& title, std::vector<std::string> labels = {"a"},
                         ItemState state = ItemState::kProposal, Split split = Split::kTrain) {
  NewItem item;
  item.item = {id, {title, "body of " + id}, "", std::move(labels), "group " + id, split, state};
  item.content = content_digest(item.item);
  item.fingerprint = std::string("fp\0", 3) + id;
  return item;
}

class StoreContract : public testing::TestWithParam<const char*> {
 protected:
  StoreContract() {
    const auto folder = folder_.path() / "ws";
    if (std::string(GetParam()) == "memory") {
      std::filesystem::create_directory(folder);
      workspace_ = memory_workspace(folder);
    } else {
      init_workspace(folder);
      workspace_ = open_workspace(folder);
    }
    store_ = workspace_.training.get();
    task_ = store_->create_task(make_task("first")).id;
  }

  PutResult put(const NewItem& item) { return store_->put_items(task_, {&item, 1}).at(0); }

  std::vector<std::string> read_ids(std::int64_t snapshot, std::optional<Split> part = std::nullopt) {
    const auto source = store_->read_snapshot(task_, snapshot, part);
    std::vector<std::string> ids;
    for (Item item; source->next(item);) ids.push_back(item.id);
    return ids;
  }

  std::vector<std::string> list_ids(const ItemFilter& filter) {
    std::vector<std::string> ids;
    for (const Item& item : store_->list_items(task_, filter)) ids.push_back(item.id);
    return ids;
  }

  // label:certified items
  std::vector<std::string> labels() {
    std::vector<std::string> found;
    for (const LabelInfo& label : store_->list_labels(task_))
      found.push_back(label.label + ":" + std::to_string(label.items));
    return found;
  }

  TemporaryFolder folder_;
  Workspace workspace_;
  TrainingStore* store_ = nullptr;
  std::int64_t task_ = 0;
};

template <typename Body>
ErrorCode code_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kInternal;
}

}  // namespace aisle
