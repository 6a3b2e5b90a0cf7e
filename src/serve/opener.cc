#include "serve/opener.h"

#include <utility>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxWaiting = 64;

}  // namespace

Opener::~Opener() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Opener::add(std::shared_ptr<Opening> opening) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMaxWaiting)
    throw Error(ErrorCode::kOverloaded, "too many other versions are being opened; try again in a second");
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  waiting_.push_back(std::move(opening));
  changed_.notify_one();
}

void Opener::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const std::shared_ptr<Opening> opening = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      opening->model = open_(*opening);
    } catch (...) {
      opening->failure = std::current_exception();
    }
    opening->wake.call();
    lock.lock();
  }
}

}  // namespace aisle
