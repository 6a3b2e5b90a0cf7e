#include "registry/promotion_gate.h"

#include <fmt/format.h>

#include <cmath>

#include "core/error.h"

namespace aisle {
namespace {

// Four digits, or as many as it takes to tell the two apart.
std::string figure(double value, double other) {
  if (std::isnan(value)) return "undefined";
  const bool close = value != other && std::abs(value - other) < 1e-4;
  return close ? fmt::format("{:.9g}", value) : fmt::format("{:.4f}", value);
}

}  // namespace

GateVerdict compare(TaskKind kind, const Contender& candidate, const Contender& production) {
  if (candidate.snapshot != production.snapshot || candidate.items != production.items) {
    throw Error(ErrorCode::kInvalidArgument,
                "two versions are only compared when measured on the same items; evaluate both again",
                {{"version", std::to_string(candidate.version)},
                 {"snapshot", std::to_string(candidate.snapshot)},
                 {"production", std::to_string(production.version)},
                 {"production's snapshot", std::to_string(production.snapshot)}});
  }
  const double Measures::*score = kind == TaskKind::kTags ? &Measures::micro_f1 : &Measures::weighted_f1;
  GateVerdict verdict;
  verdict.candidate = candidate.version;
  verdict.production = production.version;
  verdict.measure = kind == TaskKind::kTags ? "micro F1" : "weighted F1";
  verdict.candidate_score = candidate.measures.*score;
  verdict.production_score = production.measures.*score;
  verdict.better = verdict.candidate_score > verdict.production_score;  // false where either is undefined
  verdict.words =
      fmt::format("version {} has {} {}, version {} (production) {}, on {} items of snapshot {}", candidate.version,
                  verdict.measure, figure(verdict.candidate_score, verdict.production_score), production.version,
                  figure(verdict.production_score, verdict.candidate_score), candidate.items, candidate.snapshot);
  return verdict;
}

}  // namespace aisle
