#include "serve/session.h"

#include <utility>

#include "core/error.h"

namespace aisle {

struct PredictSession::Slot {
  std::shared_ptr<const ServedModel> model;  // the worker refers to it
  std::unique_ptr<Worker> worker;
  std::vector<float> probabilities;
};

PredictSession::PredictSession(Predictor& predictor)
    : predictor_(predictor), generation_(predictor.generation()), table_(predictor.table()) {}
PredictSession::~PredictSession() = default;

void PredictSession::refresh() {
  const std::uint64_t generation = predictor_.generation();
  if (generation == generation_) return;
  generation_ = generation;
  table_ = predictor_.table();
  std::erase_if(slots_, [this](const auto& entry) {
    const ServedModel& model = *entry.second->model;
    const ServedTask* served = table_->find(model.task.name);
    return served == nullptr || served->production != entry.second->model;
  });
}

const ServedTable& PredictSession::table() {
  refresh();
  return *table_;
}

std::shared_ptr<const ServedModel> PredictSession::select(std::string_view task, std::string_view version) {
  const ServedTask& served = table().require(task);
  const bool wants_other = !version.empty() && version != "production" &&
                           (served.production == nullptr || served.production->model != version);
  if (wants_other) return predictor_.find_other(task, version);
  if (served.production != nullptr) return served.production;
  throw Error(served.wanted_version == 0 ? ErrorCode::kFailedPrecondition : ErrorCode::kOverloaded, served.problem);
}

PredictSession::Slot& PredictSession::slot_of(const std::shared_ptr<const ServedModel>& model) {
  const auto found = slots_.find(model->serial);
  if (found != slots_.end()) return *found->second;
  // Versions asked for by number pile up between swaps, and a slot keeps its model.
  if (slots_.size() >= table_->tasks.size() + predictor_.max_other_versions()) slots_.clear();
  auto slot = std::make_unique<Slot>();
  slot->model = model;
  slot->worker = model->classifier->new_worker();
  slot->probabilities.resize(model->classifier->card().labels.size());
  return *slots_.emplace(model->serial, std::move(slot)).first->second;
}

const Prediction& PredictSession::predict(const std::shared_ptr<const ServedModel>& model, const ItemView& item,
                                          std::size_t top_k) {
  Slot& slot = slot_of(model);
  const bool known = slot.worker->probabilities(item, slot.probabilities);
  decide(model->classifier->card(), slot.probabilities, top_k, prediction_, known, *slot.worker);
  return prediction_;
}

const Prediction* PredictSession::answer_at_once(const std::shared_ptr<const ServedModel>& model, const ItemView& item,
                                                 std::size_t top_k) {
  Slot& slot = slot_of(model);
  if (!slot.worker->answer_at_once(item, slot.probabilities)) return nullptr;
  decide(model->classifier->card(), slot.probabilities, top_k, prediction_, true, *slot.worker);
  return &prediction_;
}

const Explanation& PredictSession::explain(const std::shared_ptr<const ServedModel>& model, const ItemView& item,
                                           std::size_t limit) {
  if (prediction_.labels.empty())
    throw Error(ErrorCode::kInternal, "nothing was predicted, so nothing can be explained");
  explanation_ = slot_of(model).worker->explain(item, prediction_.labels.front().label, limit);
  return explanation_;
}

}  // namespace aisle
