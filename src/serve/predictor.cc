#include "serve/predictor.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "core/clock.h"
#include "core/error.h"

namespace aisle {
namespace {

constexpr std::ptrdiff_t kOpenings = 16;  // production models that are opened at the same time
constexpr std::chrono::seconds kLongestPause{60};

std::string what_went_wrong(std::exception_ptr failure) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const Error& error) {
    return describe(error);
  } catch (const std::exception& error) {
    return error.what();
  }
}

// Empty where all is well so far.
std::string problem_of(const ModelRef& ref, const std::string& failure, bool has_none) {
  const std::string version = "version " + std::to_string(ref.version) + " of task '" + ref.task.name + "' ";
  if (!failure.empty()) return version + "cannot be opened: " + failure;
  return has_none ? version + "is being opened; try again in a second" : "";
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
      others_([this](std::string_view task, std::string_view version) { return source_.find_model(task, version); },
              [this](const ModelRef& ref) { return open_other_version(ref); }, options.max_other_versions) {
  refresh();
  while (is_opening()) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !outcomes_.empty(); });
    lock.unlock();
    refresh();
  }
  watcher_ = std::thread([this] { watch(); });
}

Predictor::~Predictor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  watcher_.join();
  bin_->close();
}

std::shared_ptr<const ServedTable> Predictor::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

void Predictor::watch() {
  const std::chrono::milliseconds poll(options_.poll_ms);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, poll, [this] { return stopping_ || !outcomes_.empty(); });
    if (stopping_) return;
    lock.unlock();
    refresh();
    bin_->empty();
    lock.lock();
  }
}

void Predictor::refresh() {
  bool changed = take_outcomes();
  std::string problem;
  try {
    changed |= read_source();
  } catch (...) {
    problem = "the workspace cannot be read: " + what_went_wrong(std::current_exception());
  }
  if (changed || !attempts_.empty()) publish_what_changed();
  const std::lock_guard lock(mutex_);
  source_problem_ = std::move(problem);
}

bool Predictor::read_source() {
  const std::int64_t counter = source_.change_counter();
  if (counter == seen_counter_) return false;
  wanted_ = source_.production_models();
  seen_counter_ = counter;
  std::ranges::sort(wanted_, {}, [](const ModelRef& ref) { return std::string_view(ref.task.name); });
  std::erase_if(attempts_, [this](const auto& attempt) {
    return std::ranges::none_of(wanted_, [&](const ModelRef& ref) { return ref.task.id == attempt.first; });
  });
  others_.forget_names();
  return true;
}

bool Predictor::take_outcomes() {
  std::vector<Outcome> outcomes;
  {
    const std::lock_guard lock(mutex_);
    outcomes.swap(outcomes_);
  }
  for (Outcome& outcome : outcomes) {
    const auto found = attempts_.find(outcome.task);
    if (found == attempts_.end()) continue;
    Attempt& attempt = found->second;
    attempt.opening = 0;
    if (attempt.version != outcome.version) continue;  // nobody wants it any more
    attempt.model = std::move(outcome.model);
    attempt.problem = std::move(outcome.problem);
    if (attempt.model != nullptr) continue;
    // What could not be opened is tried again, though nothing changed: the disk may have been full.
    const std::chrono::milliseconds pause(options_.poll_ms * (1LL << std::min(attempt.failures++, 20)));
    attempt.again = std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(pause, kLongestPause);
  }
  return !outcomes.empty();
}

void Predictor::publish_what_changed() {
  const auto current = table();
  auto next = std::make_shared<ServedTable>();
  for (const ModelRef& ref : wanted_) next->tasks.push_back(serve(ref, *current));
  if (next->tasks == current->tasks) return;
  const std::lock_guard lock(mutex_);
  table_ = std::move(next);
  generation_.fetch_add(1, std::memory_order_release);
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
    Attempt& attempt = attempts_[ref.task.id];
    if (attempt.version != ref.version)
      attempt = {.version = ref.version, .opening = attempt.opening, .problem = {}, .model = nullptr};
    if (attempt.model == nullptr) {  // the version before, where there is one, goes on answering
      begin_opening(ref, attempt);
      served.problem = problem_of(ref, attempt.problem, served.production == nullptr);
      return served;
    }
    served.production = attempt.model;
  }
  end_attempt(ref.task.id, ref.version);
  return served;
}

// What is still being opened for it then comes for nobody.
void Predictor::end_attempt(std::int64_t task, std::int64_t version) {
  const auto found = attempts_.find(task);
  if (found == attempts_.end()) return;
  if (found->second.opening == 0) {
    attempts_.erase(found);
  } else {
    found->second = {.version = version, .opening = found->second.opening, .problem = {}, .model = nullptr};
  }
}

void Predictor::begin_opening(const ModelRef& ref, Attempt& attempt) {
  const auto under_way = std::ranges::count_if(attempts_, [](const auto& one) { return one.second.opening != 0; });
  if (attempt.opening != 0 || under_way >= kOpenings || std::chrono::steady_clock::now() < attempt.again) return;
  const auto work = [this, ref] {
    Outcome outcome{ref.task.id, ref.version, nullptr, {}};
    try {
      outcome.model = open(ref);
    } catch (...) {
      outcome.problem = what_went_wrong(std::current_exception());
    }
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
    wake_.notify_all();
  };
  if (loaders_.start(work, WorkerThreads::Need::kMust)) attempt.opening = ref.version;
}

bool Predictor::is_opening() const {
  return std::ranges::any_of(attempts_, [](const auto& one) { return one.second.opening != 0; });
}

std::shared_ptr<const ServedModel> Predictor::open(const ModelRef& ref) {
  const Stopwatch watch;
  auto model = std::make_unique<ServedModel>();
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
  return bin_->share(std::move(model));
}

std::shared_ptr<const ServedModel> Predictor::open_other_version(const ModelRef& ref) {
  const auto now = table();
  const ServedTask* served = now->find(ref.task.name);
  const bool is_production = served != nullptr && served->production != nullptr &&
                             served->production->version == ref.version && served->task.id == ref.task.id;
  return is_production ? served->production : open(ref);
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
