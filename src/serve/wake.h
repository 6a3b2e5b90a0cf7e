// A call that one thread makes when something is ready for another, and that the other can take back.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace aisle {

class Wake {
 public:
  // Before whoever calls can know of it.
  void set(std::function<void()> call) { call_ = std::move(call); }

  // Once; nothing where it was revoked. What the call throws (there is no memory to post it) is nobody's to handle.
  void call() noexcept try {
    const std::lock_guard lock(mutex_);
    if (call_) std::exchange(call_, nullptr)();
  } catch (...) {
  }

  // Afterwards the call is not running, and it does not come any more.
  void revoke() {
    const std::lock_guard lock(mutex_);
    call_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::function<void()> call_;
};

}  // namespace aisle
