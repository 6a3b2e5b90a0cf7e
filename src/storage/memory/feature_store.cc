#include "storage/feature_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace aisle {
namespace {

class MemoryFeatureStore final : public FeatureStore {
 public:
  explicit MemoryFeatureStore(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

  std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                         std::span<float> out) override {
    const std::scoped_lock lock(mutex_);
    std::vector<bool> found(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto row = rows_.find({std::string(space), keys[i].hex()});
      found[i] = row != rows_.end() && row->second.size() == dimension;
      if (found[i]) std::ranges::copy(row->second, out.begin() + static_cast<std::ptrdiff_t>(i * dimension));
    }
    return found;
  }

  void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
           std::span<const float> rows) override {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::span<const float> row = rows.subspan(i * dimension, dimension);
      const Key key{std::string(space), keys[i].hex()};
      if (!rows_.emplace(key, std::vector<float>(row.begin(), row.end())).second) continue;
      order_.push_back(key);
      bytes_ += static_cast<std::int64_t>(row.size_bytes());
    }
    while (bytes_ > max_bytes_ && !order_.empty()) {
      drop(order_.front());
      order_.pop_front();
    }
  }

  void remove_space(std::string_view space) override {
    const std::scoped_lock lock(mutex_);
    std::erase_if(order_, [&](const Key& key) {
      if (key.first != space) return false;
      drop(key);
      return true;
    });
  }

  std::int64_t size_bytes() override {
    const std::scoped_lock lock(mutex_);
    return bytes_;
  }

 private:
  using Key = std::pair<std::string, std::string>;  // space, digest

  void drop(const Key& key) {
    const auto row = rows_.find(key);
    bytes_ -= static_cast<std::int64_t>(row->second.size() * sizeof(float));
    rows_.erase(row);
  }

  std::mutex mutex_;
  std::int64_t max_bytes_, bytes_ = 0;
  std::map<Key, std::vector<float>> rows_;
  std::deque<Key> order_;  // oldest first
};

}  // namespace

std::unique_ptr<FeatureStore> memory_feature_store(std::int64_t max_bytes) {
  return std::make_unique<MemoryFeatureStore>(max_bytes);
}

}  // namespace aisle
