#include "validate/validator.h"

#include <bit>
#include <optional>

#include "core/error.h"
#include "validate/label_counts.h"
#include "validate/language_watch.h"
#include "validate/seen_items.h"

namespace aisle {
namespace {

constexpr std::uint16_t kMaxFiles = UINT16_MAX;

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string other_part(std::string_view what, Split other, Split split) {
  return std::string(what) + " is in " + std::string(to_string(other)) + ", this item in " +
         std::string(to_string(split)) + "; give both the same split";
}

}  // namespace

struct Validator::State {
  State(const Task& task, const ValidateOptions& options)
      : inspector(task, options.inspect), languages(options.expected_languages) {}

  // One row on its way through the checks.
  struct Row {
    Item& item;
    const Inspection& inspection;
    const RowFacts& facts;
    std::uint32_t known = SeenItems::kNone;  // the same id
    SeenItems::Match similar;
    Admission admission;

    void add(ProblemKind kind, std::string column, std::string message) {
      admission.problems.push_back({.kind = kind, .column = std::move(column), .message = std::move(message)});
    }
  };

  Inspector inspector;
  LanguageWatch languages;
  LabelCounts labels;
  SeenItems seen;
  std::string file;
  std::uint16_t file_number = 0;
  ImportReport report;

  // Where an item stands, for a message.
  std::string place_of(const SeenItems::Record& record) const {
    if (record.file == 0) return "an item that is stored";
    return "row " + std::to_string(record.row) + (record.file == file_number ? "" : " of an earlier file");
  }

  void note(const Problem& problem) {
    ++report.by_kind[std::string(to_string(problem.kind))];
    if (severity_of(problem.kind) == Severity::kWarning) ++report.warnings;
    if (report.problems.size() < ImportReport::kMaxListed) report.problems.push_back(problem);
  }

  // An id twice in this file. Rows without ids that are equal are copies, not a mistake in the ids.
  void check_id(Row& row) const {
    if (row.known == SeenItems::kNone || seen[row.known].file != file_number) return;
    const std::string first = "row " + std::to_string(seen[row.known].row);
    if (row.facts.id_given) {
      row.add(ProblemKind::kDuplicateId, "id", "the id is that of " + first + "; give every item its own");
      row.admission.verdict = Verdict::kReject;
    } else {
      row.add(ProblemKind::kExactDuplicate, "", "the same as " + first);
      skip_copy(row, seen[row.known]);
    }
  }

  void check_exact(Row& row) const {
    const std::uint32_t same = seen.find_exact(row.inspection.print.exact, row.known);
    if (same == SeenItems::kNone) return;
    row.add(ProblemKind::kExactDuplicate, "", "the same texts and picture as " + place_of(seen[same]));
    skip_copy(row, seen[same]);
  }

  void skip_copy(Row& row, const SeenItems::Record& original) const {
    if (is_conflict(row, original)) add_conflict(row, original);
    if (row.facts.split_given && row.item.split != original.split()) {
      row.add(ProblemKind::kLeakage, "split",
              other_part("the same text, " + place_of(original) + ",", original.split(), row.item.split));
    }
    row.admission.verdict = Verdict::kSkip;
  }

  static bool is_conflict(const Row& row, const SeenItems::Record& other) {
    return row.inspection.print.labels != 0 && other.labels != 0 && row.inspection.print.labels != other.labels;
  }

  void add_conflict(Row& row, const SeenItems::Record& other) const {
    row.add(ProblemKind::kConflictingLabel, "label",
            "the same text as " + place_of(other) + ", which has another label; decide which is right");
  }

  void check_similar(Row& row) const {
    row.similar = seen.find_similar(row.inspection.print, row.known);
    if (row.similar.number == SeenItems::kNone) return;
    const SeenItems::Record& other = seen[row.similar.number];
    row.add(ProblemKind::kNearDuplicate, "", "nearly the same text as " + place_of(other));
    if (other.folded == row.inspection.print.folded && is_conflict(row, other)) add_conflict(row, other);
  }

  void check_labels(Row& row) const {
    for (const std::string& label : row.item.labels) {
      if (!labels.fits(label)) {
        row.add(ProblemKind::kInvalidLabel, "label", "the task would have too many labels with " + in_quotes(label));
        row.admission.verdict = Verdict::kReject;
      } else if (labels.is_unknown(label)) {
        row.add(ProblemKind::kUnknownLabel, "label",
                "the label " + in_quotes(label) + " is new to this task; is it spelt as the others are?");
      }
    }
  }

  void settle_split(Row& row) {
    Item& item = row.item;
    const std::optional<Split> of_group = seen.split_of_group(item.group);  // "" is no group
    const bool resembles = row.similar.number != SeenItems::kNone;
    if (!row.facts.split_given) {
      if (row.known != SeenItems::kNone)
        item.split = seen[row.known].split();
      else if (of_group)
        item.split = *of_group;
      else if (resembles)
        item.split = seen[row.similar.number].split();
      else
        item.split = assigned_split(item.group.empty() ? item.id : item.group);
    }
    if (of_group && *of_group != item.split)
      row.add(ProblemKind::kLeakage, "split", other_part("the group " + in_quotes(item.group), *of_group, item.split));
    if (!resembles) return;
    const SeenItems::Record& other = seen[row.similar.number];
    if (other.split() != item.split)
      row.add(ProblemKind::kLeakage, "split",
              other_part("nearly the same text, " + place_of(other) + ",", other.split(), item.split));
  }

  void keep(Row& row) {
    const Item& item = row.item;
    SeenItems::Record& record = seen.put(row.known, item.id, row.inspection.print);
    record.set_split(item.split);
    record.file = file_number;
    record.row = static_cast<std::uint32_t>(row.facts.row);
    if (!item.group.empty()) seen.set_group(item.group, item.split);
    for (const std::string& label : item.labels)
      labels.count(label, row.known == SeenItems::kNone, file, row.facts.row);
    if (languages.is_unexpected(row.inspection.language)) {
      row.add(
          ProblemKind::kUnexpectedLanguage, "",
          "the text seems to be in " + in_quotes(row.inspection.language.code) + ", which hardly any other item is");
    }
    ++report.splits[std::string(to_string(item.split))];
    if (row.inspection.code_points > 0) {
      const auto bin = static_cast<std::size_t>(std::bit_width(row.inspection.code_points)) - 1;
      if (report.length_histogram.size() <= bin) report.length_histogram.resize(bin + 1);
      ++report.length_histogram[bin];
    }
    row.admission.fingerprint = row.inspection.print.to_bytes();
  }

  void decide(Row& row) {
    seen.prefetch(row.item.id, row.inspection.print);
    row.known = seen.find_id(row.item.id);
    check_id(row);
    if (row.admission.verdict != Verdict::kKeep) return;
    check_labels(row);
    if (row.admission.verdict != Verdict::kKeep) return;
    const bool unchanged = row.known != SeenItems::kNone && seen[row.known].exact == row.inspection.print.exact;
    // What was checked when it came first is not reported again.
    if (!unchanged) {
      check_exact(row);
      if (row.admission.verdict != Verdict::kKeep) return;
      check_similar(row);
    }
    settle_split(row);
    keep(row);
  }
};

Validator::Validator(const Task& task, const ValidateOptions& options)
    : state_(std::make_unique<State>(task, options)) {}
Validator::~Validator() = default;

void Validator::add_known(std::string_view id, Split split, std::string_view group, std::string_view fingerprint) {
  const Fingerprint print = Fingerprint::from_bytes(fingerprint).value_or(Fingerprint{});
  state_->seen.put(state_->seen.find_id(id), id, print).set_split(split);
  if (!group.empty()) state_->seen.set_group(group, split);
}

void Validator::add_known_label(std::string_view label, std::int64_t items) {
  state_->labels.add_stored(label, items);
}

const Inspector& Validator::inspector() const {
  return state_->inspector;
}

void Validator::begin_file(std::string_view name) {
  if (state_->file_number == kMaxFiles)
    throw Error(ErrorCode::kTooLarge, "one import takes at most 65,535 files; use several imports");
  ++state_->file_number;
  state_->file = name;
}

Admission Validator::admit(Item& item, const Inspection& inspection, const RowFacts& facts) {
  State& state = *state_;
  State::Row row{.item = item, .inspection = inspection, .facts = facts};
  row.admission.problems = inspection.problems;
  ++state.report.rows;
  if (inspection.rejected) {
    row.admission.verdict = Verdict::kReject;
  } else {
    state.decide(row);
  }
  state.report.rejected += row.admission.verdict == Verdict::kReject ? 1 : 0;
  state.report.skipped += row.admission.verdict == Verdict::kSkip ? 1 : 0;
  for (Problem& problem : row.admission.problems) {
    problem.file = state.file;
    problem.row = facts.row;
    problem.id = item.id;
    state.note(problem);
  }
  return std::move(row.admission);
}

void Validator::refuse(const std::vector<Problem>& problems) {
  ++state_->report.rows;
  ++state_->report.rejected;
  for (const Problem& problem : problems) state_->note(problem);
}

void Validator::finish() {
  State& state = *state_;
  state.labels.visit_rare([&](const std::string& label, std::int64_t, const LabelCounts::Count& count) {
    state.note({.kind = ProblemKind::kRareLabel,
                .file = count.file,
                .row = count.row,
                .column = "label",
                .message = "only this item has the label " + in_quotes(label) + "; nothing can be learnt from one"});
  });
  state.report.labels = state.labels.kept();
  state.report.languages = state.languages.counts();
}

ImportReport& Validator::report() {
  return state_->report;
}

std::size_t Validator::memory_bytes() const {
  return state_->seen.memory_bytes();
}

}  // namespace aisle
