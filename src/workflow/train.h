// Trains a model on the certified items as they are now: snapshot, run, archive, measures on the test part, version.
#pragma once

#include <string>
#include <vector>

#include "workflow/context.h"

namespace aisle {

// What `train --help` lists.
struct OptionInfo {
  std::string key, default_value, help;
};
struct ModelKind {
  std::string name;
  std::vector<OptionInfo> options;
};
std::vector<ModelKind> list_model_kinds();

struct TrainSettings {
  std::string model = "linear";
  Parameters set;  // of --set
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: all cores
};

struct TrainOutcome {
  ModelVersion version;
  Run run;
};

// kFailedPrecondition when nothing is certified. Whatever stops it is written to the run; no version appears unless
// everything was done. train_seconds runs from the stored items to the saved model.
TrainOutcome train(Context& context, const Task& task, const TrainSettings& settings);

}  // namespace aisle
