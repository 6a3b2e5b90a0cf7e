#include "workflow/import.h"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/parallel.h"
#include "ingest/item_reader.h"
#include "ingest/rejects_writer.h"
#include "validate/validator.h"
#include "workflow/file_items.h"

namespace aisle {
namespace {

constexpr std::size_t kBatchRows = 2000;       // one transaction
constexpr std::size_t kBatchBytes = 32 << 20;  // of texts and pictures; what bounds memory

struct Row {
  ReadResult read;
  std::string raw;  // kept for the rejects file alone
  Inspection inspection;
};

std::size_t bytes_of(const ReadResult& read) {
  std::size_t bytes = read.picture.size();
  for (const std::string& text : read.item.texts) bytes += text.size();
  return bytes;
}

ValidateOptions validate_options(const Config& config) {
  ValidateOptions options{.expected_languages = config.data.expected_languages};
  options.inspect.phone_region = config.data.region;
  for (const std::string& pattern : config.personal_data.patterns)
    options.inspect.patterns.push_back({"removed-" + std::to_string(options.inspect.patterns.size() + 1), pattern});
  return options;
}

class Importer {
 public:
  Importer(Context& context, const Task& task, const ImportSettings& settings, bool store)
      : context_(context),
        task_(task),
        settings_(settings),
        store_(store),
        threads_(thread_count(settings.threads)),
        validator_(task, validate_options(context.workspace.config)) {
    if (settings.rejects && store) rejects_ = std::make_unique<RejectsWriter>(*settings.rejects);
    TrainingStore& known = *context.workspace.training;
    known.scan_known(task.id, [&](const KnownItem& item) {
      validator_.add_known(item.id, item.split, item.group, item.fingerprint);
    });
    for (const LabelInfo& label : known.list_labels(task.id)) validator_.add_known_label(label.label, label.items);
  }

  void import_group(const InputGroup& group, const ReadOptions& options) {
    const auto reader = open_items(group, task_, options);
    validator_.begin_file(reader->name());
    while (read_batch(*reader) > 0) {
      context_.cancel.check();
      inspect_batch();
      std::vector<NewItem> items = admit_batch(reader->rejects_header());
      if (store_) store_batch(items);
      report_progress(*reader);
    }
    const std::vector<std::string> unused = reader->unused_columns();
    if (!unused.empty() && store_)
      context_.progress.message(
          fmt::format("{}: columns that the task does not use: {}", reader->name(), fmt::join(unused, ", ")));
  }

  ImportReport finish() {
    validator_.finish();
    if (rejects_) rejects_->finish();
    return std::move(validator_.report());
  }

 private:
  std::size_t read_batch(ItemReader& reader) {
    rows_.resize(kBatchRows);
    count_ = 0;
    for (std::size_t bytes = 0; count_ < kBatchRows && bytes < kBatchBytes && reader.next(rows_[count_].read);
         ++count_) {
      Row& row = rows_[count_];
      if (rejects_) row.raw.assign(row.read.raw);
      bytes += bytes_of(row.read) + row.raw.size();
    }
    return count_;
  }

  void inspect_batch() {
    parallel_for(count_, threads_, [&](std::size_t i, std::size_t) {
      Row& row = rows_[i];
      if (!row.read.rejected()) row.inspection = validator_.inspector().inspect(row.read.item, row.read.picture);
    });
  }

  std::vector<NewItem> admit_batch(const std::string& rejects_header) {
    std::vector<NewItem> items;
    items.reserve(count_);
    pictures_.clear();
    for (std::size_t i = 0; i < count_; ++i) {
      Row& row = rows_[i];
      if (row.read.rejected()) {
        validator_.refuse(row.read.problems);
        keep_reject(rejects_header, row);
        continue;
      }
      const RowFacts facts{.row = row.read.row, .id_given = row.read.id_given, .split_given = row.read.split_given};
      Admission admission = validator_.admit(row.read.item, row.inspection, facts);
      if (admission.verdict == Verdict::kReject) keep_reject(rejects_header, row);
      if (admission.verdict != Verdict::kKeep) continue;
      row.read.item.state = settings_.certified ? ItemState::kCertified : ItemState::kProposal;
      if (!row.read.picture.empty()) pictures_.push_back(&row.read.picture);
      items.push_back({row.read.item, row.inspection.content, std::move(admission.fingerprint), row.read.split_given});
    }
    return items;
  }

  void keep_reject(const std::string& header, const Row& row) {
    if (rejects_) rejects_->add(header, row.raw);
  }

  // Pictures first: an item never names a picture that is not there.
  void store_batch(const std::vector<NewItem>& items) {
    const auto hold = pictures_.empty() ? nullptr : context_.workspace.blobs->hold();
    parallel_for(pictures_.size(), threads_,
                 [&](std::size_t i, std::size_t) { context_.workspace.blobs->put(*pictures_[i]); });
    ImportReport& report = validator_.report();
    for (const PutResult& result : context_.workspace.training->put_items(task_.id, items)) {
      report.added += result.outcome == PutOutcome::kAdded;
      report.updated += result.outcome == PutOutcome::kUpdated;
      report.unchanged += result.outcome == PutOutcome::kUnchanged;
      report.certified += result.newly_certified;
    }
  }

  void report_progress(const ItemReader& reader) {
    const std::string stage = (store_ ? "importing " : "checking ") + reader.name();
    const std::string detail =
        fmt::format("{} rows, {} rejected", validator_.report().rows, validator_.report().rejected);
    context_.progress.update({.stage = stage,
                              .done = reader.bytes_done(),
                              .total = reader.bytes_total(),
                              .unit = "bytes",
                              .detail = detail});
  }

  Context& context_;
  const Task& task_;
  const ImportSettings& settings_;
  const bool store_;
  const std::size_t threads_;
  Validator validator_;
  std::unique_ptr<RejectsWriter> rejects_;
  std::vector<Row> rows_;
  std::vector<const std::string*> pictures_;
  std::size_t count_ = 0;
};

ImportReport run(Context& context, const Task& task, const ImportSettings& settings, bool store) {
  ReadOptions options = read_options(settings.read, LabelUse::kOptional);
  Importer importer(context, task, settings, store);
  for (const InputGroup& group : group_inputs(settings.read.sources, options.format))
    importer.import_group(group, options);
  ImportReport report = importer.finish();
  report.stored = store;
  return report;
}

std::string counts_of(const ImportReport& report) {
  return fmt::format(R"({{"rows":{},"added":{},"updated":{},"rejected":{},"warnings":{}}})", report.rows, report.added,
                     report.updated, report.rejected, report.warnings);
}

// --strict reads everything twice: once to see that nothing is rejected, once to store.
bool passes_strictly(Context& context, const Task& task, const ImportSettings& settings, ImportReport& report) {
  for (const std::string& source : settings.read.sources) {
    if (source == "-")
      throw Error(ErrorCode::kUsage,
                  "--strict reads its input twice, which standard input does not allow; give a file");
  }
  report = run(context, task, settings, false);
  return report.rejected == 0;
}

}  // namespace

ImportReport import_items(Context& context, const Task& task, const ImportSettings& settings) {
  const Stopwatch stopwatch;
  ImportReport report;
  if (!settings.strict || passes_strictly(context, task, settings, report))
    report = run(context, task, settings, !settings.dry_run);
  report.seconds = stopwatch.seconds();
  if (report.stored) {
    log_event(context, "import", task, counts_of(report));
  }
  if (report.rejected > 0) log_event(context, "alert", task, counts_of(report));
  return report;
}

}  // namespace aisle
