// Versions of a task's model: what there is, what is served, promotion, rollback.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/context.h"

namespace aisle {

std::vector<ModelVersion> list_models(Context& context, const Task& task);   // newest first
std::vector<Promotion> list_promotions(Context& context, const Task& task);  // newest first
std::optional<std::int64_t> find_alias(Context& context, const Task& task, std::string_view alias);

// `version` is a number or an alias. kNotFound says what there is.
ModelVersion require_version(Context& context, const Task& task, std::string_view version);

// A member of a fused model, and how much it counts where an item has everything; NaN where that is no one number.
struct MemberWeight {
  std::string name;
  double weight = kUndefined;
};
// Of the version's own file; none for other models, nor where the file cannot be read.
std::vector<MemberWeight> list_members(Context& context, const ModelVersion& version);

struct PromoteOutcome {
  bool promoted = false;
  std::int64_t version = 0;
  std::int64_t previous = 0;           // 0: there was no production
  std::optional<Snapshot> snapshot;    // what both were measured on
  std::string measure;                 // "weighted_f1" or "micro_f1"
  double score = kUndefined;           // of `version`
  double previous_score = kUndefined;  // of the version that serves
  std::string reason;                  // in words
};

// Measures both on the test part of the certified data as they are now; promotes only what is strictly better, or
// anything with `force`. A refusal is a result, not an error.
PromoteOutcome promote_version(Context& context, const Task& task, std::string_view version, bool force);

// Back to the production before. Returns what is served now. kFailedPrecondition when there is none.
ModelVersion roll_back(Context& context, const Task& task);

// kFailedPrecondition for what is served.
void remove_version(Context& context, const Task& task, const ModelVersion& version);

}  // namespace aisle
