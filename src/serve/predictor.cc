#include "serve/predictor.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "core/clock.h"
#include "core/error.h"

namespace aisle {
namespace {

std::string what_went_wrong(std::exception_ptr failure) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const Error& error) {
    return describe(error);
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string key_of(std::string_view task, std::string_view version) {
  return std::string(task) + "/" + std::string(version);
}

bool all_served(const ServedTable& table) {
  return std::ranges::all_of(
      table.tasks, [](const ServedTask& served) { return served.problem.empty() || served.wanted_version == 0; });
}

}  // namespace

const ServedTask* ServedTable::find(std::string_view task) const {
  const auto found = std::ranges::lower_bound(
      tasks, task, {}, [](const ServedTask& served) { return std::string_view(served.task.name); });
  return found != tasks.end() && found->task.name == task ? &*found : nullptr;
}

const ServedTask& ServedTable::require(std::string_view task) const {
  if (const ServedTask* served = find(task)) return *served;
  std::string names;
  for (const ServedTask& served : tasks) names += (names.empty() ? "" : ", ") + served.task.name;
  const std::string hint =
      names.empty() ? "there is none yet; make one with aisle task create" : "the tasks are: " + names;
  throw Error(ErrorCode::kNotFound, "there is no task '" + std::string(task.substr(0, 80)) + "'; " + hint);
}

Predictor::Predictor(ModelSource& source, Metrics& metrics, PredictorOptions options)
    : source_(source),
      metrics_(metrics),
      options_(options),
      workers_(options.max_worker_threads),
      table_(std::make_shared<ServedTable>()),
      opener_([this](const Opening& wanted) { return other_version(wanted.task, wanted.version); }) {
  refresh();
  watcher_ = std::thread([this] { watch(); });
}

Predictor::~Predictor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  watcher_.join();
}

std::shared_ptr<const ServedTable> Predictor::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

void Predictor::watch() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::milliseconds(options_.poll_ms), [this] { return stopping_; })) {
    lock.unlock();
    refresh();
    lock.lock();
  }
}

void Predictor::refresh() try {
  const std::int64_t counter = source_.change_counter();
  if (counter == seen_counter_) return;
  const auto current = table();
  auto next = std::make_shared<ServedTable>();
  for (const ModelRef& ref : source_.production_models()) next->tasks.push_back(serve(ref, *current));
  std::ranges::sort(next->tasks, {}, [](const ServedTask& served) { return served.task.name; });
  // What could not be opened is tried again at the next look, though nothing changed: the disk may have been full.
  seen_counter_ = all_served(*next) ? counter : -1;
  publish(std::move(next));
} catch (...) {
  set_source_problem("the workspace cannot be read: " + what_went_wrong(std::current_exception()));
}

ServedTask Predictor::serve(const ModelRef& ref, const ServedTable& current) {
  ServedTask served{ref.task, nullptr, {}, ref.version};
  // A task that was removed and made again under its name has another id: its old model must not answer.
  const ServedTask* before = current.find(ref.task.name);
  if (before != nullptr && before->task.id == ref.task.id) served.production = before->production;
  if (ref.version == 0) {
    served.production = nullptr;
    served.problem =
        "task '" + ref.task.name + "' has no model yet; train one with aisle train --task " + ref.task.name;
  } else if (served.production == nullptr || served.production->version != ref.version) {
    try {
      served.production = open(ref);
    } catch (...) {
      // The version before, where there is one, goes on answering.
      served.problem = "version " + std::to_string(ref.version) + " of task '" + ref.task.name +
                       "' cannot be opened: " + what_went_wrong(std::current_exception());
    }
  }
  return served;
}

std::shared_ptr<const ServedModel> Predictor::open(const ModelRef& ref) {
  const Stopwatch watch;
  auto model = std::make_shared<ServedModel>();
  model->serial = next_serial_.fetch_add(1, std::memory_order_relaxed);
  model->task = ref.task;
  model->version = ref.version;
  model->model = ref.model;
  model->classifier = source_.open_model(ref);
  if (model->classifier->preferred_batch() > 1) {
    model->batcher = std::make_unique<Batcher>(model->classifier, options_.batcher,
                                               metrics_.queue(ref.task.name, ref.version), workers_);
  }
  model->load_seconds = watch.seconds();
  return model;
}

void Predictor::publish(std::shared_ptr<const ServedTable> table) {
  {
    const std::lock_guard lock(mutex_);
    table_.swap(table);
    source_problem_.clear();
    others_.clear();  // aliases may have moved, versions may be gone
    generation_.fetch_add(1, std::memory_order_release);
  }
}

void Predictor::set_source_problem(std::string problem) {
  const std::lock_guard lock(mutex_);
  source_problem_ = std::move(problem);
}

std::shared_ptr<const ServedModel> Predictor::find_other(std::string_view task, std::string_view version) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(others_, key_of(task, version), &OtherVersion::key);
  if (found == others_.end()) return nullptr;
  std::rotate(found, found + 1, others_.end());
  return others_.back().model;
}

std::shared_ptr<const ServedModel> Predictor::other_version(std::string_view task, std::string_view version) {
  if (auto model = find_other(task, version)) return model;
  const std::uint64_t before = generation();
  const ModelRef ref = source_.find_model(task, version);
  const auto now = table();
  const ServedTask* served = now->find(task);
  const bool is_production = served != nullptr && served->production != nullptr &&
                             served->production->version == ref.version && served->task.id == ref.task.id;
  auto model = is_production ? served->production : open(ref);
  keep_other(key_of(task, version), model, before);
  return model;
}

void Predictor::keep_other(std::string key, std::shared_ptr<const ServedModel> model, std::uint64_t generation_before) {
  const std::lock_guard lock(mutex_);
  if (generation() != generation_before) return;  // what the alias meant may be out of date
  if (others_.size() >= options_.max_other_versions && !others_.empty()) others_.erase(others_.begin());
  others_.push_back({std::move(key), std::move(model)});
}

std::vector<std::string> Predictor::reasons_not_ready() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> reasons;
  if (!source_problem_.empty()) reasons.push_back(source_problem_);
  if (table_->tasks.empty())
    reasons.emplace_back("there is no task yet; make one with aisle task create, import items and train");
  bool any = false;
  for (const ServedTask& served : table_->tasks) {
    any = any || served.production != nullptr;
    if (!served.problem.empty() && served.wanted_version != 0) reasons.push_back(served.problem);
  }
  if (!any && reasons.empty()) reasons.push_back(table_->tasks.front().problem);
  return reasons;
}

}  // namespace aisle
