// Where the predictor gets its models from: the narrow view of tasks and registry that serving needs. Implemented
// over the workspace by whoever builds the program, and by fakes in tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"
#include "model/classifier.h"

namespace aisle {

// One version of a task's model, not yet opened.
struct ModelRef {
  Task task;
  std::int64_t version = 0;  // 0: the task has no model yet
  std::string model;         // "linear"
  std::string archive;       // what open() needs; opaque here
};

// Called from the watcher's thread and, for find() and open(), from serving threads: must be thread-safe.
class ModelSource {
 public:
  virtual ~ModelSource() = default;
  // Grows whenever anything may have changed; polled several times a second, so it must be cheap.
  virtual std::int64_t change_counter() = 0;
  // Every task with its production version, by name.
  virtual std::vector<ModelRef> production_models() = 0;
  // `version` is a number, an alias, or a kind of model ("linear", "fusion": any of those that fuse): of that kind what
  // is in production, else the newest. kNotFound names what does not exist.
  virtual ModelRef find_model(std::string_view task, std::string_view version) = 0;
  virtual std::shared_ptr<const Classifier> open_model(const ModelRef& ref) = 0;
};

}  // namespace aisle
