#include "registry/registry.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "registry/history.h"

namespace aisle {
namespace {

ErrorContext of_task(const Task& task) {
  return {{"task", task.name}};
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

// "aisle models list --task apps"
std::string command(const Task& task, std::string_view verb) {
  return "`aisle " + std::string(verb) + " --task " + task.name + "`";
}

void check_fits(const Task& task, const ModelCard& card) {
  if (card.kind == task.kind && card.text_fields == task.text_fields) return;
  throw Error(ErrorCode::kInvalidArgument,
              "this model was trained for another kind of task or other text fields; train one for this task",
              of_task(task));
}

}  // namespace

Registry::Registry(ModelStore& models, BlobStore& blobs, const Clock& clock, Opener opener)
    : models_(models), blobs_(blobs), clock_(clock), opener_(std::move(opener)) {}

ModelVersion Registry::add(const Task& task, ModelVersion draft, const std::filesystem::path& archive) {
  check_fits(task, opener_(archive)->card());
  const auto hold = blobs_.hold();  // until the version that names it is there
  const Digest stored = blobs_.adopt(archive);
  const MappedFile file(blobs_.path_of(stored));
  if (digest_of(file.text()) != stored) {
    throw Error(ErrorCode::kCorrupt, "the stored model is not the one that was trained; check the disk and train again",
                of_task(task));
  }
  draft.archive = stored.hex();
  draft.model_bytes = static_cast<std::int64_t>(file.bytes().size());
  draft.created_ms = clock_.now_ms();
  return models_.add_version(task.id, draft);
}

ModelVersion Registry::resolve(const Task& task, std::string_view text) const {
  const std::optional<ModelVersion> version = models_.find_version(task.id, number_of(task, text));
  if (!version) refuse_missing(task, text);
  return *version;
}

std::int64_t Registry::number_of(const Task& task, std::string_view text) const {
  if (const auto number = number_in(text)) return *number;
  if (text != kProduction && text != kCandidate) {
    throw Error(ErrorCode::kInvalidArgument,
                "a version is a number, production or candidate, not: " + std::string(text.substr(0, 80)),
                of_task(task));
  }
  const std::optional<std::int64_t> number = models_.resolve_alias(task.id, text);
  if (!number) refuse_missing(task, text);
  return *number;
}

void Registry::refuse_missing(const Task& task, std::string_view text) const {
  const std::vector<ModelVersion> versions = list(task);
  std::string message;
  if (versions.empty()) {
    message = "there is no model yet; train one with " + command(task, "train");
  } else if (text == kCandidate) {
    message = "there is no candidate; train another model with " + command(task, "train") + " or name a version of " +
              command(task, "models list");
  } else {
    message = "there is no version " + std::string(text) + ", the newest is " +
              std::to_string(versions.front().version) + "; see " + command(task, "models list");
  }
  throw Error(ErrorCode::kNotFound, message, of_task(task));
}

std::vector<ModelVersion> Registry::list(const Task& task) const {
  return models_.list_versions(task.id);
}

Lineage Registry::lineage(const Task& task, std::string_view text) const {
  Lineage lineage{resolve(task, text), models_.list_promotions(task.id)};
  std::erase_if(lineage.promotions,
                [&](const Promotion& promotion) { return promotion.version != lineage.version.version; });
  return lineage;
}

std::shared_ptr<const Classifier> Registry::open(const ModelVersion& version) const {
  try {
    return opener_(blobs_.path_of(Digest::from_hex(version.archive)));
  } catch (const Error& error) {
    throw error.with("version", std::to_string(version.version));
  }
}

Promotion Registry::promote(const Task& task, const GateVerdict& verdict, std::string_view actor, bool force) {
  const std::string number = std::to_string(verdict.candidate);
  if (resolve(task, number).version == models_.resolve_alias(task.id, kProduction)) {
    throw Error(ErrorCode::kFailedPrecondition, "version " + number + " is production already", of_task(task));
  }
  if (!verdict.better && !force) {
    throw Error(ErrorCode::kPromotionRefused,
                "not promoted, as it is not better: " + verdict.words + "; use --force to promote it all the same",
                of_task(task));
  }
  return apply(task, {verdict.candidate, verdict.production, std::string(actor), 0,
                      verdict.better ? "promote" : "force", verdict.words});
}

Promotion Registry::rollback(const Task& task, std::string_view actor) {
  const ModelVersion production = resolve(task, kProduction);
  const std::optional<std::int64_t> previous = previous_production(models_.list_promotions(task.id));
  if (!previous) {
    throw Error(ErrorCode::kFailedPrecondition,
                "there is no production before version " + std::to_string(production.version) + " to go back to",
                of_task(task));
  }
  if (!models_.find_version(task.id, *previous)) {
    throw Error(ErrorCode::kFailedPrecondition,
                "version " + std::to_string(*previous) +
                    ", the production before this one, was removed; promote another one of " +
                    command(task, "models list"),
                of_task(task));
  }
  const std::string reason = "back from version " + std::to_string(production.version);
  return apply(task, {*previous, production.version, std::string(actor), 0, "rollback", reason});
}

Promotion Registry::apply(const Task& task, Promotion promotion) {
  promotion.time_ms = clock_.now_ms();
  models_.promote(task.id, promotion);
  return promotion;
}

ModelVersion Registry::remove(const Task& task, std::string_view text) {
  ModelVersion version = resolve(task, text);
  if (version.version == models_.resolve_alias(task.id, kProduction)) {
    throw Error(ErrorCode::kFailedPrecondition,
                "version " + std::to_string(version.version) +
                    " is production and cannot be removed; promote another one first",
                of_task(task));
  }
  models_.remove_version(task.id, version.version);
  return version;
}

}  // namespace aisle
