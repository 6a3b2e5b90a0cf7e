#include "storage/memory/memory_store.h"

#include <map>
#include <mutex>

#include "storage/memory/training_store.h"

namespace aisle {

namespace {

class MemoryUserStore final : public UserStore {
 public:
  std::int64_t ensure_operator(std::string_view name, std::int64_t) override {
    const std::scoped_lock lock(mutex_);
    return users_.try_emplace(std::string(name), std::ssize(users_) + 1).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::int64_t> users_;
};

class MemoryLogStore final : public LogStore {
 public:
  void add_event(const LogEvent& event) override {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }
  std::vector<LogEvent> list_events(std::string_view kind, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    std::vector<LogEvent> found;
    for (auto event = events_.rbegin(); event != events_.rend() && found.size() < limit; ++event) {
      if (kind.empty() || event->kind == kind) found.push_back(*event);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<LogEvent> events_;
};

}  // namespace

std::unique_ptr<TrainingStore> memory_training_store() {
  return std::make_unique<memory::MemoryTrainingStore>();
}
std::unique_ptr<UserStore> memory_user_store() {
  return std::make_unique<MemoryUserStore>();
}
std::unique_ptr<LogStore> memory_log_store() {
  return std::make_unique<MemoryLogStore>();
}

}  // namespace aisle
