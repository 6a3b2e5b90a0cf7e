// Checks a batch of items before it enters (SPEC D2, D3), and writes the report. Pure: knows no store.
//
//   Validator validator(task, options);
//   for what the store has: validator.add_known(...), validator.add_known_label(...)
//   validator.begin_file("items.csv");
//   in parallel: inspections[i] = validator.inspector().inspect(items[i], pictures[i]);
//   in order:    admission = validator.admit(items[i], inspections[i], facts[i]);
//   validator.finish();
//
// Which split an item gets, the first of these that applies: the one its file gives; the one its id has; that of
// its group; that of the item it resembles; assigned_split of its group, else of its id. What then stands against it
// (a group or a near duplicate in another part) is reported as leakage.
//
// Memory: that of SeenItems (seen_items.h: 149 bytes an item where each has a group of its own), and of the labels.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/item.h"
#include "domain/problem.h"
#include "domain/task.h"
#include "validate/inspector.h"

namespace aisle {

struct ValidateOptions {
  InspectOptions inspect;
  std::vector<std::string> expected_languages;  // "fr", "en"; empty: learnt (language_watch.h)
};

// What the reader knows of a row.
struct RowFacts {
  std::int64_t row = 0;
  bool id_given = true;      // false: the id was derived from the content
  bool split_given = false;  // item.split is the file's
};

enum class Verdict { kKeep, kSkip, kReject };

struct Admission {
  Verdict verdict = Verdict::kKeep;
  std::vector<Problem> problems;  // of this row, warnings too; with file, row and id
  std::string fingerprint;        // to be stored with a kept item, for add_known
};

// One thread at a time, but for inspector().
class Validator {
 public:
  // Throws kInvalidArgument as Inspector does.
  Validator(const Task& task, const ValidateOptions& options);
  ~Validator();

  // What the store has, before the first row. `fingerprint` as Admission gave it; "" where there is none.
  void add_known(std::string_view id, Split split, std::string_view group, std::string_view fingerprint);
  void add_known_label(std::string_view label, std::int64_t items);

  const Inspector& inspector() const;

  // Ids must be different within a file. Throws kTooLarge beyond 65,535 files.
  void begin_file(std::string_view name);

  // Decides on one row, in the order of the file, and counts it in the report. Sets item.split of a kept item.
  // One to three microseconds.
  Admission admit(Item& item, const Inspection& inspection, const RowFacts& facts);

  // Counts a row that the reader has refused already.
  void refuse(const std::vector<Problem>& problems);

  // Adds what only the whole shows (rare labels). Call it once, at the end.
  void finish();

  // All but added, updated, unchanged, certified, seconds and stored, which are the importer's to set.
  ImportReport& report();

  std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
