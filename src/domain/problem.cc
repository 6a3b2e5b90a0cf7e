#include "domain/problem.h"

namespace aisle {

std::string_view to_string(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kSchema:
      return "schema";
    case ProblemKind::kType:
      return "type";
    case ProblemKind::kEncoding:
      return "encoding";
    case ProblemKind::kTooLarge:
      return "too_large";
    case ProblemKind::kEmpty:
      return "empty";
    case ProblemKind::kDuplicateId:
      return "duplicate_id";
    case ProblemKind::kUnreadablePicture:
      return "unreadable_picture";
    case ProblemKind::kInvalidLabel:
      return "invalid_label";
    case ProblemKind::kExactDuplicate:
      return "exact_duplicate";
    case ProblemKind::kNearDuplicate:
      return "near_duplicate";
    case ProblemKind::kUnexpectedLanguage:
      return "unexpected_language";
    case ProblemKind::kOddLength:
      return "odd_length";
    case ProblemKind::kUnknownLabel:
      return "unknown_label";
    case ProblemKind::kConflictingLabel:
      return "conflicting_label";
    case ProblemKind::kLeakage:
      return "leakage";
    case ProblemKind::kPersonalData:
      return "personal_data";
    case ProblemKind::kRareLabel:
      return "rare_label";
  }
  return "schema";
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return "warning";
    case Severity::kSkipped:
      return "skipped";
    case Severity::kRejected:
      return "rejected";
  }
  return "warning";
}

Severity severity_of(ProblemKind kind) {
  if (kind == ProblemKind::kExactDuplicate) return Severity::kSkipped;
  return kind < ProblemKind::kExactDuplicate ? Severity::kRejected : Severity::kWarning;
}

}  // namespace aisle
