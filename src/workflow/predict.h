// Answers for one item, or for a file of them.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/prediction.h"
#include "model/classifier.h"
#include "workflow/context.h"
#include "workflow/reading.h"

namespace aisle {

// A version of a task's model, ready to answer.
struct LoadedModel {
  Task task;
  ModelVersion version;
  std::shared_ptr<const Classifier> classifier;
};

// `version` is a number or an alias. kFailedPrecondition names `aisle train` when the task has no model.
LoadedModel load_model(Context& context, const Task& task, std::string_view version);

// One answer as the contract's JSON. `fields` are (name, value) of the model's text fields; kUsage names them.
// `picture` is a file's bytes, "" where none. kInvalidArgument where there is nothing that the model reads.
struct OneItem {
  Parameters fields;
  std::string picture;
};
std::string predict_one(const LoadedModel& model, const OneItem& item, std::size_t top_k, bool explain,
                        std::size_t threads = 0);

struct PredictFileSettings {
  ReadSettings read;  // one source
  std::size_t top_k = 5;
  std::size_t threads = 0;
  bool explain = false;
};

struct PredictFileResult {
  std::int64_t items = 0;
  std::int64_t rejected = 0;
};

// One line an item, in the input's order; a bad row gives {"line","id","error"}. Bounded memory.
PredictFileResult predict_file(Context& context, const LoadedModel& model, const PredictFileSettings& settings,
                               std::ostream& out);

}  // namespace aisle
