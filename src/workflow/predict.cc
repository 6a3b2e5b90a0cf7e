#include "workflow/predict.h"

#include <algorithm>
#include <filesystem>

#include "codec/prediction_writer.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/parallel.h"
#include "ingest/text_check.h"
#include "workflow/model_source.h"
#include "workflow/open_registry.h"

namespace aisle {
namespace {

constexpr std::size_t kEvidence = 20;

std::vector<std::string> texts_of(const ModelCard& card, const Parameters& fields) {
  std::vector<std::string> texts(card.text_fields.size());
  for (const auto& [name, value] : fields) {
    const auto found = std::ranges::find(card.text_fields, name);
    if (found == card.text_fields.end()) {
      std::string known;
      for (const std::string& field : card.text_fields) known += (known.empty() ? "" : ", ") + field;
      throw Error(ErrorCode::kUsage, "no field '" + name.substr(0, 80) + "'; there are: " + known,
                  {{"field", name.substr(0, 80)}});
    }
    if (const std::string fault = text_fault(value); !fault.empty())
      throw Error(ErrorCode::kInvalidArgument, "the text of '" + name + "': " + fault, {{"field", name}});
    texts[static_cast<std::size_t>(found - card.text_fields.begin())] = value;
  }
  return texts;
}

}  // namespace

LoadedModel load_model(Context& context, const Task& task, std::string_view version) {
  TrainingStore& store = *context.workspace.training;
  if (store.list_versions(task.id).empty()) {
    throw Error(ErrorCode::kFailedPrecondition,
                "'" + task.name + "' has no model yet: run `aisle train --task " + task.name + "`",
                {{"task", task.name}});
  }
  const Registry registry = registry_of(context);
  LoadedModel model{.task = task, .version = registry.resolve(task, version)};
  model.classifier = with_label_names(registry.open(model.version), store.list_labels(task.id));
  return model;
}

std::string predict_one(const LoadedModel& model, const OneItem& item, std::size_t top_k, bool explain,
                        std::size_t threads) {
  const ModelCard& card = model.classifier->card();
  const std::vector<std::string> texts = texts_of(card, item.fields);
  const ItemView seen{texts, card.reads_pictures ? std::string_view(item.picture) : std::string_view()};
  if (!has_text(texts) && seen.picture.empty())
    throw Error(ErrorCode::kInvalidArgument, empty_item_message(card.text_fields, card.reads_pictures));
  const auto worker = model.classifier->new_worker();
  worker->use_threads(thread_count(threads));
  std::vector<float> probabilities(card.labels.size());
  Prediction prediction;
  const Stopwatch stopwatch;
  const bool known = worker->probabilities(seen, probabilities);
  decide(card, probabilities, top_k, prediction, known, *worker);
  const double latency_ms = stopwatch.seconds() * 1e3;
  Explanation explanation;
  if (explain && !prediction.labels.empty())
    explanation = worker->explain(seen, prediction.labels.front().label, kEvidence);
  std::string answer;
  PredictionWriter(card.labels, model.task.name, model.version.version, card.members)
      .append(answer, prediction, latency_ms, {.explanation = explain ? &explanation : nullptr});
  return answer;
}

}  // namespace aisle
