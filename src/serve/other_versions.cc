#include "serve/other_versions.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "serve/served_model.h"

namespace aisle {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxUnanswered = 64;
constexpr std::ptrdiff_t kLoads = 2;  // at the same time
constexpr std::size_t kNames = 8;     // of one version
constexpr std::size_t kFailures = 64;
constexpr std::chrono::seconds kFailureIsKept{2};

std::string key_of(std::string_view task, std::string_view version) {
  return std::string(task) + "/" + std::string(version);
}

std::exception_ptr overloaded(const char* why) {
  return std::make_exception_ptr(Error(ErrorCode::kOverloaded, why));
}

}  // namespace

OtherVersions::~OtherVersions() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

OtherVersions::ModelPtr OtherVersions::find(std::string_view task, std::string_view version) {
  const std::string key = key_of(task, version);
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      kept_, [&](const Kept& kept) { return std::ranges::find(kept.names, key) != kept.names.end(); });
  if (found == kept_.end()) return nullptr;
  std::rotate(found, found + 1, kept_.end());
  return kept_.back().model;
}

void OtherVersions::open(std::shared_ptr<Opening> opening) {
  const std::lock_guard lock(mutex_);
  if (unanswered_ >= kMaxUnanswered)
    throw Error(ErrorCode::kOverloaded, "too many other versions are being opened; try again in a second");
  if (!thread_.joinable()) thread_ = std::thread([this] { look_up_names(); });
  asked_.push_back(std::move(opening));
  ++unanswered_;
  changed_.notify_one();
}

void OtherVersions::look_up_names() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !asked_.empty(); });
    if (stopping_) return;
    const Waiting waiting{std::move(asked_.front()), epoch_};
    asked_.pop_front();
    lock.unlock();
    ModelRef ref;
    std::exception_ptr failure;
    try {
      ref = find_(waiting.opening->task, waiting.opening->version);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure) {
      finish(waiting.opening, nullptr, failure);
    } else {
      place(ref, waiting);
    }
  }
}

void OtherVersions::place(const ModelRef& ref, Waiting waiting) {
  const auto is_it = [&](std::int64_t task, std::int64_t version) {
    return task == ref.task.id && version == ref.version;
  };
  const auto kept =
      std::ranges::find_if(kept_, [&](const Kept& one) { return is_it(one.model->task.id, one.model->version); });
  if (kept != kept_.end()) {
    keep_name(*kept, waiting);
    return finish(waiting.opening, kept->model, nullptr);
  }
  std::erase_if(failures_, [now = steady_clock::now()](const Failure& one) { return now >= one.until; });
  const auto failed = std::ranges::find_if(failures_, [&](const Failure& one) { return is_it(one.task, one.version); });
  if (failed != failures_.end()) return finish(waiting.opening, nullptr, failed->why);
  auto load = std::ranges::find_if(loads_, [&](const Load& one) { return is_it(one.ref.task.id, one.ref.version); });
  if (load == loads_.end()) load = loads_.insert(loads_.end(), Load{.ref = ref, .waiting = {}});
  load->waiting.push_back(std::move(waiting));
  begin_loads();
}

void OtherVersions::begin_loads() {
  for (auto next = loads_.begin(); next != loads_.end() && !stopping_;) {
    const auto load = next++;
    if (load->begun || std::ranges::count(loads_, true, &Load::begun) >= kLoads) continue;
    load->begun = loaders_.start([this, ref = load->ref] { this->load(ref); }, WorkerThreads::Need::kMust);
    if (load->begun) continue;
    const auto failure = overloaded("the system has no thread to open the version; try again in a second");
    for (const Waiting& waiting : load->waiting) finish(waiting.opening, nullptr, failure);
    loads_.erase(load);
  }
}

void OtherVersions::load(const ModelRef& ref) {
  Kept kept;
  std::exception_ptr failure;
  try {
    kept.model = open_(ref);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  const auto load = std::ranges::find_if(loads_, [&](const Load& one) {
    return one.begun && one.ref.task.id == ref.task.id && one.ref.version == ref.version;
  });
  for (const Waiting& waiting : load->waiting) {
    if (!failure) keep_name(kept, waiting);
    finish(waiting.opening, kept.model, failure);
  }
  loads_.erase(load);
  if (failure) {
    failures_.push_back({ref.task.id, ref.version, failure, steady_clock::now() + kFailureIsKept});
    if (failures_.size() > kFailures) failures_.pop_front();
  } else {
    if (kept_.size() >= most_ && !kept_.empty()) kept_.erase(kept_.begin());
    kept_.push_back(std::move(kept));
  }
  begin_loads();
}

void OtherVersions::keep_name(Kept& kept, const Waiting& waiting) {
  if (waiting.epoch != epoch_) return;  // it may mean another version by now
  std::string key = key_of(waiting.opening->task, waiting.opening->version);
  if (std::ranges::find(kept.names, key) != kept.names.end()) return;
  if (kept.names.size() >= kNames) kept.names.erase(kept.names.begin());
  kept.names.push_back(std::move(key));
}

void OtherVersions::finish(const std::shared_ptr<Opening>& opening, ModelPtr model, std::exception_ptr failure) {
  opening->model = std::move(model);
  opening->failure = std::move(failure);
  --unanswered_;
  opening->wake.call();
}

void OtherVersions::expire(SteadyTime now) {
  const auto failure = overloaded("the version is still being opened; try again in a second");
  const auto refuse = [&](const std::shared_ptr<Opening>& opening) {
    if (now < opening->deadline) return false;
    finish(opening, nullptr, failure);
    return true;
  };
  const std::lock_guard lock(mutex_);
  std::erase_if(asked_, refuse);
  for (Load& load : loads_)
    std::erase_if(load.waiting, [&](const Waiting& waiting) { return refuse(waiting.opening); });
  std::erase_if(loads_, [](const Load& load) { return !load.begun && load.waiting.empty(); });
}

void OtherVersions::forget_names() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  for (Kept& kept : kept_) kept.names.clear();
}

}  // namespace aisle
