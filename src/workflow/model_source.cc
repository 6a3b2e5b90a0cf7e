#include "workflow/model_source.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "core/error.h"
#include "registry/registry.h"

namespace aisle {
namespace {

class NamedClassifier final : public Classifier {
 public:
  NamedClassifier(std::shared_ptr<const Classifier> inner, std::span<const LabelInfo> names)
      : inner_(std::move(inner)), card_(inner_->card()) {
    for (LabelInfo& label : card_.labels) {
      const auto found = std::ranges::lower_bound(names, label.label, {}, &LabelInfo::label);
      if (found != names.end() && found->label == label.label) label.name = found->name;
    }
  }
  const ModelCard& card() const override { return card_; }
  std::unique_ptr<Worker> new_worker() const override { return inner_->new_worker(); }
  std::size_t preferred_batch() const override { return inner_->preferred_batch(); }
  bool answers_at_once() const override { return inner_->answers_at_once(); }

 private:
  std::shared_ptr<const Classifier> inner_;
  ModelCard card_;
};

// What clients call "fusion": models that put others' answers together.
bool is_kind(const std::string& model, std::string_view name) {
  return model == name || (name == "fusion" && (model == "average" || model == "weighted" || model == "concat"));
}

ModelRef ref_of(const Task& task, const ModelVersion& version) {
  return {task, version.version, version.model, version.archive};
}

// The version in production where it is of the kind, else the newest. None where the name is a number or an alias.
std::optional<ModelVersion> newest_of_kind(TrainingStore& store, const Task& task, std::string_view name) {
  const bool is_number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  if (is_number || name == kProduction || name == kCandidate) return std::nullopt;
  const std::vector<ModelVersion> versions = store.list_versions(task.id);
  const auto rank = [](const ModelVersion& one) {
    return std::pair(std::ranges::find(one.aliases, kProduction) != one.aliases.end(), one.version);
  };
  const ModelVersion* best = nullptr;
  std::set<std::string> kinds;
  for (const ModelVersion& one : versions) {
    kinds.insert(one.model);
    if (is_kind(one.model, name) && (best == nullptr || rank(*best) < rank(one))) best = &one;
  }
  if (best != nullptr) return *best;
  std::string known;
  for (const std::string& kind : kinds) known += (known.empty() ? "" : ", ") + kind;
  throw Error(ErrorCode::kNotFound,
              "task '" + task.name + "' has no model '" + std::string(name.substr(0, 80)) +
                  "'; ask for production, candidate, a version's number or a kind that it has: " + known);
}

}  // namespace

std::shared_ptr<const Classifier> with_label_names(std::shared_ptr<const Classifier> classifier,
                                                   std::span<const LabelInfo> names) {
  return std::make_shared<NamedClassifier>(std::move(classifier), names);
}

std::int64_t WorkspaceModels::change_counter() {
  return workspace_.training->change_counter();
}

std::vector<ModelRef> WorkspaceModels::production_models() {
  TrainingStore& store = *workspace_.training;
  std::vector<ModelRef> models;
  for (const Task& task : store.list_tasks()) {
    const auto number = store.resolve_alias(task.id, kProduction);
    const auto version = number ? store.find_version(task.id, *number) : std::nullopt;
    models.push_back(version ? ref_of(task, *version) : ModelRef{.task = task});
  }
  return models;
}

ModelRef WorkspaceModels::find_model(std::string_view task, std::string_view version) {
  const auto found = workspace_.training->find_task(task);
  if (!found) throw Error(ErrorCode::kNotFound, "no task '" + std::string(task.substr(0, 80)) + "'");
  if (const auto of_kind = newest_of_kind(*workspace_.training, *found, version)) return ref_of(*found, *of_kind);
  return ref_of(*found, Registry(*workspace_.training, *workspace_.blobs, clock_).resolve(*found, version));
}

std::shared_ptr<const Classifier> WorkspaceModels::open_model(const ModelRef& ref) {
  const Registry registry(*workspace_.training, *workspace_.blobs, clock_,
                          [this](const std::filesystem::path& archive) { return open_classifier(archive, encoders_); });
  return with_label_names(registry.open({.version = ref.version, .archive = ref.archive}),
                          workspace_.training->list_labels(ref.task.id));
}

}  // namespace aisle
