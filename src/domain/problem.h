// What was found wrong with incoming data, one row of the report each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

enum class ProblemKind {
  // Rejected rows.
  kSchema,       // a column is missing, or a row has another number of cells
  kType,         // a value of the wrong type
  kEncoding,     // not UTF-8, or control bytes
  kTooLarge,     // a field or a row over its bound
  kEmpty,        // no text and no picture
  kDuplicateId,  // an id twice in one file
  kUnreadablePicture,
  kInvalidLabel,  // malformed label: too long, or several for a category task
  // Skipped and counted.
  kExactDuplicate,
  // Warnings.
  kNearDuplicate,
  kUnexpectedLanguage,
  kOddLength,
  kUnknownLabel,      // not in the task's labels so far, when it has some
  kConflictingLabel,  // same text, other label
  kLeakage,           // a given split puts near duplicates or one group in different parts
  kPersonalData,      // masked
  kRareLabel,         // fewer than two items
};

enum class Severity { kWarning, kSkipped, kRejected };

std::string_view to_string(ProblemKind kind);  // "near_duplicate"
std::string_view to_string(Severity severity);
Severity severity_of(ProblemKind kind);

struct Problem {
  ProblemKind kind;
  std::string file;
  std::int64_t row = 0;  // 1-based line or record of the file where it starts; 0: the whole file
  std::string column;    // empty: the whole row
  std::string id;        // the item's, where known
  std::string message;   // what is wrong and what to do
};

// Result of an import or a dry run. Lists are bounded; counts are not.
struct ImportReport {
  std::int64_t rows = 0;                                              // read
  std::int64_t added = 0, updated = 0, unchanged = 0, certified = 0;  // certified: of all kept, newly certified
  std::int64_t skipped = 0, rejected = 0, warnings = 0;
  std::map<std::string, std::int64_t> by_kind;    // problem kind -> count
  std::vector<Problem> problems;                  // the first kMaxListed
  std::map<std::string, std::int64_t> labels;     // class counts of what was kept
  std::map<std::string, std::int64_t> languages;  // of what was kept
  std::map<std::string, std::int64_t> splits;
  std::vector<std::int64_t> length_histogram;  // texts' code points: [i] counts lengths in [2^i, 2^(i+1))
  double seconds = 0;
  bool stored = false;  // false: dry run, or refused by --strict
  static constexpr std::size_t kMaxListed = 1000;
};

}  // namespace aisle
