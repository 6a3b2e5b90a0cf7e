// What every kind of model's training is to the rest of the program: items in, a model archive out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
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

// A version of the same task, trained on the same items: a fused model takes it as a member.
struct TrainedVersion {
  std::string model;  // its kind
  Parameters parameters;
  std::uint64_t seed = 0;
  std::filesystem::path archive;
};

// What training a fused model needs more: the items several times, and versions by their number.
class FusionSupply {
 public:
  virtual ~FusionSupply() = default;
  // The request's items from the start; with their picture's file where asked for.
  virtual std::unique_ptr<ItemSource> open_items(bool pictures) = 0;
  // kNotFound; kFailedPrecondition where it was trained on other items.
  virtual TrainedVersion find_version(std::int64_t version) = 0;
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
  FusionSupply* supply = nullptr;  // null: no fused model can be trained
};

// What a model answers for items that it was not trained on (each by a model of the other folds, or the part held out).
// Items are named by their place among the labelled items outside the test part, in the order of reading.
struct HeldOutAnswers {
  std::vector<std::uint32_t> items;
  std::vector<std::uint8_t> known;   // [items]; 0: nothing that the model reads or knows, and no probabilities
  std::vector<float> probabilities;  // [items, K], calibrated; labels in their order
};

struct TrainCallbacks {
  Progress& progress;
  const CancelToken& cancel;
  std::function<void(const EpochMetrics&)> on_epoch;
  std::function<void(HeldOutAnswers)> on_held_out = {};  // at most once, when the model is complete
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  virtual std::string_view kind() const = 0;  // "linear"
  virtual std::span<const OptionSpec> options() const = 0;
  // Whether its models are made of other models.
  virtual bool is_made_of_models() const { return false; }
  // Whether items must come with their picture's file.
  virtual bool reads_pictures(const Parameters&) const { return false; }
  // The options with `set` over their defaults, sorted by key. What a fused model is made of adds its own, as
  // MEMBER.key. `prefix` is what the user wrote before each key. kUsage for an unknown key names those there are.
  virtual Parameters merge(std::span<const std::pair<std::string, std::string>> set, const std::string& prefix) const;
  // Reads every option and finds what the training asks for: backbones, versions. train() begins with the same, so this
  // is for who trains several one after the other: what is misspelt is told before the first of them. As train()
  // throws.
  virtual void check(const TrainRequest& request) const = 0;
  // Writes request.archive. kCancelled, kFailedPrecondition (fewer than two classes, ...), kInvalidArgument (a value of
  // --set).
  virtual void train(const TrainRequest& request, const TrainCallbacks& callbacks) const = 0;
};

// The explicit list is register_trainers.cc.
const Trainer& find_trainer(std::string_view kind);  // kInvalidArgument names the kinds there are
std::vector<const Trainer*> list_trainers();

// trainer.merge() without a prefix.
Parameters merge_parameters(const Trainer& trainer, std::span<const std::pair<std::string, std::string>> set);

}  // namespace aisle
