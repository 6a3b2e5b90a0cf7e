// A task's model versions: registering, naming, opening, promoting, rolling back, removing. Logic over the narrow
// ModelStore; one object may serve many threads as far as the store and the clock do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "domain/registry_types.h"
#include "domain/task.h"
#include "model/classifier.h"
#include "registry/promotion_gate.h"
#include "storage/blobs.h"
#include "storage/store.h"

namespace aisle {

inline constexpr std::string_view kProduction = "production";
inline constexpr std::string_view kCandidate = "candidate";

// Where a version comes from and what became of it.
struct Lineage {
  ModelVersion version;
  std::vector<Promotion> promotions;  // those that made it production, newest first
};

class Registry {
 public:
  using Opener = std::function<std::shared_ptr<const Classifier>(const std::filesystem::path&)>;

  Registry(
      ModelStore& models, BlobStore& blobs, const Clock& clock,
      Opener opener = [](const std::filesystem::path& archive) { return open_classifier(archive); });

  // Takes the finished archive over and gives it the next number. The archive is opened and stored, and the full
  // digest of what was stored is checked. Fills in archive, model_bytes, created_ms; the rest of `draft` is the
  // caller's. kCorrupt when the archive is broken, kInvalidArgument when it is a model of another task's kind or
  // fields.
  ModelVersion add(const Task& task, ModelVersion draft, const std::filesystem::path& archive);

  // text: a number, "production" or "candidate". kNotFound names what there is; kInvalidArgument for other words.
  ModelVersion resolve(const Task& task, std::string_view text) const;
  std::vector<ModelVersion> list(const Task& task) const;  // newest first
  Lineage lineage(const Task& task, std::string_view text) const;

  // Header, sizes and offsets are checked, not the digest: opening takes milliseconds. kCorrupt, kNotFound, each with
  // the version.
  std::shared_ptr<const Classifier> open(const ModelVersion& version) const;

  // Makes the verdict's candidate production. kPromotionRefused with the verdict's words unless it is better or
  // `force`; kFailedPrecondition when it is production already, or production has changed since the comparison.
  Promotion promote(const Task& task, const GateVerdict& verdict, std::string_view actor, bool force);

  // To the production before this one (history.h says which that is). kFailedPrecondition when there is none or it
  // was removed.
  Promotion rollback(const Task& task, std::string_view actor);

  // kFailedPrecondition for production. The number is not given again.
  ModelVersion remove(const Task& task, std::string_view text);

 private:
  std::int64_t number_of(const Task& task, std::string_view text) const;
  [[noreturn]] void refuse_missing(const Task& task, std::string_view text) const;
  Promotion apply(const Task& task, Promotion promotion);

  ModelStore& models_;
  BlobStore& blobs_;
  const Clock& clock_;
  Opener opener_;
};

}  // namespace aisle
