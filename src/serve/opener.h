// Opens versions that are asked for by number or alias, on a thread of its own: a network takes a while to load, and a
// serving thread has others to answer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "serve/wake.h"

namespace aisle {

struct ServedModel;

// What is to be opened, and what came of it, once `wake` was called.
struct Opening {
  std::string task, version;
  std::shared_ptr<const ServedModel> model;
  std::exception_ptr failure;  // then there is no model
  Wake wake;
};

// Thread-safe. The thread starts with the first opening.
class Opener {
 public:
  using Open = std::function<std::shared_ptr<const ServedModel>(const Opening&)>;
  explicit Opener(Open open) : open_(std::move(open)) {}
  ~Opener();
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  // One after the other. kOverloaded when too many wait.
  void add(std::shared_ptr<Opening> opening);

 private:
  void work();

  const Open open_;
  std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Opening>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace aisle
