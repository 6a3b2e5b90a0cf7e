// What every kind of model's training is to the rest of the program: items in, a model archive out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "domain/item.h"
#include "domain/registry_types.h"
#include "domain/task.h"
#include "model/encoder.h"

namespace aisle {

// One `--set` key: shown by `train --help`, checked before anything starts.
struct OptionSpec {
  std::string key;
  std::string default_value;
  std::string help;
};

struct TrainRequest {
  const Task& task;
  std::span<const LabelInfo> labels;  // names of labels where set
  ItemSource& items;                  // certified items of every split; the test part is not used
  Parameters parameters;              // every key of the kind's OptionSpecs, defaults filled in
  std::uint64_t seed = 0;
  std::size_t threads = 1;        // 1: bit for bit repeatable
  std::filesystem::path archive;  // where to write the model
  EncoderSource& encoders = no_encoders();
};

struct TrainCallbacks {
  Progress& progress;
  const CancelToken& cancel;
  std::function<void(const EpochMetrics&)> on_epoch;
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  virtual std::string_view kind() const = 0;  // "linear"
  virtual std::span<const OptionSpec> options() const = 0;
  // Whether items must come with their picture's file.
  virtual bool reads_pictures(const Parameters&) const { return false; }
  // Writes request.archive. kCancelled, kFailedPrecondition (fewer than two classes, ...), kInvalidArgument (a value of
  // --set).
  virtual void train(const TrainRequest& request, const TrainCallbacks& callbacks) const = 0;
};

// The explicit list is register_trainers.cc.
const Trainer& find_trainer(std::string_view kind);  // kInvalidArgument names the kinds there are
std::vector<const Trainer*> list_trainers();

// `set` over the trainer's defaults, sorted by key; an unknown key is kUsage and names the keys there are.
Parameters merge_parameters(const Trainer& trainer, std::span<const std::pair<std::string, std::string>> set);

}  // namespace aisle
