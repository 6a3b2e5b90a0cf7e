// One opened version, and where versions go that nobody uses any more.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/task.h"
#include "model/classifier.h"
#include "serve/batcher.h"

namespace aisle {

// Immutable.
struct ServedModel {
  std::uint64_t serial = 0;  // unique in this process: what threads key their own state by
  Task task;
  std::int64_t version = 0;
  std::string model;
  std::shared_ptr<const Classifier> classifier;
  std::unique_ptr<Batcher> batcher;  // of a dear model, which is asked through it alone; null: it is asked in place
  double load_seconds = 0;
};

// Models wait here to be freed: that takes a network a while, and whoever lets go of it last may be a serving thread.
// Thread-safe.
class ModelBin : public std::enable_shared_from_this<ModelBin> {
 public:
  // Comes here when the last owner lets go.
  std::shared_ptr<const ServedModel> share(std::unique_ptr<const ServedModel> model);
  // Frees what is here.
  void empty();
  // From now on all are freed at once.
  void close();

 private:
  void add(std::unique_ptr<const ServedModel> model) noexcept;

  std::mutex mutex_;
  std::vector<std::unique_ptr<const ServedModel>> models_;
  bool closed_ = false;
};

}  // namespace aisle
