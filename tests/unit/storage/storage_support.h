// Small workspaces and items for the tests of storage.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "storage/workspace.h"
#include "support/temporary_folder.h"

namespace aisle {

inline Task small_task(const std::string& name = "t") {
  Task task;
  task.name = name;
  task.kind = TaskKind::kTags;
  task.text_fields = {"text"};
  return task;
}

inline NewItem small_item(const std::string& id, const std::string& text, ItemState state = ItemState::kCertified) {
  NewItem item;
  item.item = {id, {text}, "", {"a", "b"}, "", Split::kTrain, state};
  item.content = content_digest(item.item);
  return item;
}

// `count` items "<prefix>-0", "<prefix>-1", ...
inline std::vector<NewItem> small_batch(const std::string& prefix, int count, std::size_t text_bytes = 100) {
  std::vector<NewItem> items;
  for (int i = 0; i < count; ++i)
    items.push_back(small_item(prefix + "-" + std::to_string(i), std::string(text_bytes, 'x')));
  return items;
}

// "code: message", or "" when nothing was thrown.
template <typename Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return std::string(error_traits(error.code()).name) + ": " + describe(error);
  }
  return "";
}

// Runs `body` (returning an exit status) in a child; returns its process number.
template <typename Body>
pid_t start_child(Body&& body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int status = 99;
  try {
    status = body();
  } catch (...) {
  }
  ::_exit(status);
}

inline int exit_status_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace aisle
