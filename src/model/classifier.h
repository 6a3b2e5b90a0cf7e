// What every kind of model is to the rest of the program: calibrated probabilities for one item, and a card that
// says what it is. A Classifier is immutable and shared between threads; each thread takes a Worker of its own,
// which holds the scratch memory, so that predicting allocates nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/item.h"
#include "domain/prediction.h"
#include "domain/registry_types.h"
#include "domain/task.h"
#include "model/encoder.h"

namespace aisle {

class Archive;

// How probabilities become answers; fitted on validation, saved with the model.
struct DecisionRule {
  float sure_limit = 1;           // category: sure where the top probability is at least this
  double wanted_precision = 0.9;  // category: what sure answers are to reach
  std::vector<float> tag_limits;  // tags: one a label; selected where probability >= limit
};

// How a member of a fused model was trained: to train it once more when its version is no longer there.
struct MemberTraining {
  std::string model;
  Parameters parameters;
  std::uint64_t seed = 0;
};

struct ModelCard {
  std::string model;  // "linear"
  TaskKind kind = TaskKind::kCategory;
  std::vector<std::string> text_fields;  // the task's, in order
  std::vector<LabelInfo> labels;         // index = class; at least 1
  DecisionRule rule;
  bool reads_pictures = false;        // items should come with their picture's file
  std::vector<std::string> members;   // of a fused model, as the user wrote them: "linear", "sentence:minilm", "3"
  std::vector<float> member_weights;  // how much each counts where an item has everything; empty where that is not so
  std::vector<MemberTraining> member_trainings;  // of the members whose files it holds
};

class Worker {
 public:
  virtual ~Worker() = default;
  // out: [K] float32, calibrated; K = card().labels.size(). Category: sums to 1. False where the item has nothing that
  // this model reads or knows: then the answer is the priors.
  virtual bool probabilities(const ItemView& item, std::span<float> out) = 0;
  // The same for several items, which a network answers faster together. out: [items, K]; known: [items].
  virtual void probabilities_of(std::span<const ItemView> items, std::span<float> out, std::span<std::uint8_t> known);
  // For who must not wait for a batch: answers as probabilities() does where that costs little, as the first model of a
  // cascade does when it is sure enough. False: nothing was answered, and the item wants probabilities_of().
  virtual bool answer_at_once(const ItemView& item, std::span<float> out);
  // What the members of a fused model said of item `item` of the last call; 0 after the calls for one item. Those that
  // were not asked are not there. Valid until the next call.
  virtual std::span<const MemberAnswer> members_of(std::size_t item) const;
  // How many threads one call may use; 1 before. For who answers one item at a time: else threads take workers.
  virtual void use_threads(std::size_t) {}
  // The features that the model's encoder made of that item; empty where it has no encoder or knew nothing of the item.
  virtual std::span<const float> features_of(std::size_t item) const;
  // The strongest words for `label`, at most `limit`.
  virtual Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) = 0;
};

class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual const ModelCard& card() const = 0;
  virtual std::unique_ptr<Worker> new_worker() const = 0;  // refers to this classifier
  // How many items at once are answered fastest where there are many; 1: one by one.
  virtual std::size_t preferred_batch() const { return 1; }
  // Its workers' answer_at_once() is worth a call.
  virtual bool answers_at_once() const { return false; }
  // The frozen network that the model stands on; null where it has none.
  virtual const Encoder* encoder() const { return nullptr; }
};

// Orders, selects and decides. `out` keeps its memory between calls. top_k >= 1. What a worker does not know
// (probabilities are the priors) is unsure, however frequent a label is, and has no tag.
void decide(const ModelCard& card, std::span<const float> probabilities, std::size_t top_k, Prediction& out,
            bool known = true);
// The same with what the members said: of item `item` of the worker's last call.
void decide(const ModelCard& card, std::span<const float> probabilities, std::size_t top_k, Prediction& out, bool known,
            const Worker& worker, std::size_t item = 0);

// Opens a model archive of any registered kind (register_models.cc). Checks header, sizes and offsets, not the
// digest. A model on a frozen network takes it from `encoders`. kCorrupt, kUnsupported, kNotFound.
std::shared_ptr<const Classifier> open_classifier(const std::filesystem::path& archive,
                                                  EncoderSource& encoders = no_encoders());
// The same of a model that stands in another's file, `depth` files deep.
std::shared_ptr<const Classifier> open_classifier(Archive archive, EncoderSource& encoders, std::size_t depth);

// The card alone: needs no backbone. kCorrupt, kUnsupported, kNotFound.
ModelCard read_model_card(const std::filesystem::path& archive);

// The frozen networks that the model stands on, with those of its members. Needs none of them; errors as above.
std::vector<EncoderInfo> read_encoders(const std::filesystem::path& archive);

}  // namespace aisle
