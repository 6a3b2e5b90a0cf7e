#include "workflow/evaluate.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "train/evaluate.h"
#include "train/robustness.h"
#include "workflow/cached_encoders.h"
#include "workflow/file_items.h"
#include "workflow/item_pictures.h"
#include "workflow/open_registry.h"

namespace aisle {
namespace {

constexpr double kTypoShare = 0.05;
constexpr std::uint64_t kTypoSeed = 1;  // fixed: versions are compared on the same typos

Snapshot test_snapshot(Context& context, const Task& task) {
  TrainingStore& store = *context.workspace.training;
  if (store.count_items(task.id).certified > 0) {
    const Snapshot snapshot = store.create_snapshot(task.id, context.clock.now_ms());
    if (snapshot.test > 0) return snapshot;
  }
  throw Error(ErrorCode::kFailedPrecondition,
              "'" + task.name + "' has no test part to measure on; give labelled items with --data FILE",
              {{"task", task.name}});
}

void write_report(Context& context, const Task& task, const EvaluateSettings& settings,
                  const EvaluateOutcome& outcome) {
  const std::string measured_on = outcome.snapshot
                                      ? "the test part of snapshot " + std::to_string(outcome.snapshot->number)
                                      : settings.data->sources.front();
  const ReportHeading heading{
      task.name + ", version " + std::to_string(outcome.version.version) + " (" + outcome.version.model + ")",
      measured_on, format_utc(context.clock.now_ms()), context.workspace.training->list_labels(task.id)};
  write_file_atomically(*settings.report, html_report(heading, outcome.evaluation));
}

// A pipe or standard input gives its items once; robustness reads them several times.
void require_readable_again(const ReadSettings& data) {
  for (const std::string& source : data.sources) {
    std::error_code not_a_path;  // a database's URL, or nothing there: whoever opens it says so
    if (source != "-" && !std::filesystem::is_other(source, not_a_path)) continue;
    throw Error(ErrorCode::kUsage,
                "--robustness reads the items several times, which standard input and pipes do not allow; give a file",
                {{"data", source}});
  }
}

// Says which pass it is, and says what is to be said once only once: the first pass did.
class PassProgress final : public Progress {
 public:
  PassProgress(Progress& progress, std::string_view what)
      : progress_(progress), stage_("evaluating, " + std::string(what)) {}
  void update(const ProgressEvent& event) override {
    progress_.update({stage_, event.done, event.total, event.unit, event.detail});
  }
  void message(std::string_view) override {}

 private:
  Progress& progress_;
  std::string stage_;
};

// Measures the items of one evaluation, from their start as often as it is asked.
class Measurer {
 public:
  Measurer(Context& context, const Task& task, const EvaluateSettings& settings, const Classifier& classifier)
      : context_(context), task_(task), settings_(settings), classifier_(classifier) {}

  void measure(EvaluateOutcome& outcome) const {
    if (settings_.data) {
      FileItems items(task_, *settings_.data, LabelUse::kRequired, picture_use());
      outcome.evaluation = pass(items, context_.progress);
      outcome.problems = items.problems();
      outcome.rejected = items.rejected();
    } else {
      outcome.snapshot = test_snapshot(context_, task_);
      outcome.evaluation = pass(*open(outcome), context_.progress);
    }
    if (settings_.robustness) add_robustness(outcome);
  }

 private:
  bool reads_pictures() const { return classifier_.card().reads_pictures; }
  PictureUse picture_use() const { return reads_pictures() ? PictureUse::kRead : PictureUse::kFind; }

  std::unique_ptr<ItemSource> open(const EvaluateOutcome& outcome) const {
    if (settings_.data) return std::make_unique<FileItems>(task_, *settings_.data, LabelUse::kRequired, picture_use());
    auto items = context_.workspace.training->read_snapshot(task_.id, outcome.snapshot->number, Split::kTest);
    return reads_pictures() ? with_pictures(std::move(items), *context_.workspace.blobs) : std::move(items);
  }

  Evaluation pass(ItemSource& items, Progress& progress) const {
    return evaluate(classifier_, items, thread_count(settings_.threads), progress, context_.cancel);
  }

  void add_robustness(EvaluateOutcome& outcome) const {
    const auto add = [&](const std::string& what, ItemSource& damaged) {
      PassProgress progress(context_.progress, what);
      const Evaluation measured = pass(damaged, progress);
      outcome.evaluation.robustness.push_back({what, measured.items, measured.measures});
    };
    const std::vector<std::string>& fields = task_.text_fields;
    for (std::size_t i = 0; i < fields.size() && fields.size() > 1; ++i) {
      const auto items = open(outcome);
      WithoutField without(*items, i);
      add(fields[i] + " missing", without);
    }
    const auto items = open(outcome);
    TyposSource typos(*items, kTypoShare, kTypoSeed);
    add("typos in 5 % of the letters", typos);
    if (!reads_pictures()) return;
    for (const PictureDamage damage : {PictureDamage::kMissing, PictureDamage::kCut}) {
      const auto pictured = open(outcome);
      DamagedPictures damaged(*pictured, damage);
      add(damage == PictureDamage::kMissing ? "picture missing" : "picture cut short", damaged);
    }
  }

  Context& context_;
  const Task& task_;
  const EvaluateSettings& settings_;
  const Classifier& classifier_;
};

}  // namespace

EvaluateOutcome evaluate_version(Context& context, const Task& task, const EvaluateSettings& settings) {
  if (settings.data && settings.robustness) require_readable_again(*settings.data);
  CachedEncoders encoders(context);
  const Registry registry = registry_of(context, encoders);
  EvaluateOutcome outcome{.version = registry.resolve(task, settings.version)};
  const auto classifier = registry.open(outcome.version);
  Measurer(context, task, settings, *classifier).measure(outcome);
  if (settings.report) write_report(context, task, settings, outcome);
  return outcome;
}

}  // namespace aisle
