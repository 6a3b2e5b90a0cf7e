// How long work says how far it is, and how it is asked to stop. The library never prints: whoever starts the
// work gives a Progress. Abort is by exception: check() throws Error{kCancelled}.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace aisle {

// Set from any thread or a signal handler; read by the work at every batch.
class CancelToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  void check() const;

 private:
  std::atomic<bool> cancelled_{false};
};

struct ProgressEvent {
  std::string_view stage;  // "reading items.csv", "epoch 3 of 20"
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: not known
  std::string_view unit;    // "items", "bytes"
  std::string_view detail;  // "loss 0.412, accuracy 0.79"; may be empty
};

// Called from one thread at a time, often: implementations limit their own rate.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void update(const ProgressEvent& event) = 0;
  // Something worth a line of its own: "overfitting: validation loss rises since epoch 4".
  virtual void message(std::string_view text) = 0;
};

class SilentProgress final : public Progress {
 public:
  void update(const ProgressEvent&) override {}
  void message(std::string_view) override {}
};

}  // namespace aisle
