#include "serve/served_model.h"

#include <utility>

namespace aisle {

std::shared_ptr<const ServedModel> ModelBin::share(std::unique_ptr<const ServedModel> model) {
  return {model.release(), [bin = shared_from_this()](const ServedModel* unused) {
            bin->add(std::unique_ptr<const ServedModel>(unused));
          }};
}

void ModelBin::add(std::unique_ptr<const ServedModel> model) noexcept try {
  const std::lock_guard lock(mutex_);
  if (!closed_) models_.push_back(std::move(model));
} catch (...) {  // no memory: then it is freed here
}

void ModelBin::empty() {
  std::vector<std::unique_ptr<const ServedModel>> unused;
  const std::lock_guard lock(mutex_);
  unused.swap(models_);
}

void ModelBin::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  empty();
}

}  // namespace aisle
