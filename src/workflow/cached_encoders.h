// Encoders that keep what they compute in the workspace's cache of features: for training, evaluating and embedding,
// where the same items come again. Predictions of single items do without.
#pragma once

#include <memory>
#include <mutex>

#include "model/feature_cache.h"
#include "storage/feature_store.h"
#include "workflow/context.h"

namespace aisle {

class CachedEncoders final : public EncoderSource {
 public:
  explicit CachedEncoders(Context& context) : context_(context) {}

  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view precision) override;
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override;
  std::shared_ptr<const Encoder> calibrate(std::string_view backbone, std::span<const std::string_view> pictures,
                                           std::size_t threads) override;

 private:
  class StoredFeatures final : public FeatureCache {
   public:
    explicit StoredFeatures(std::unique_ptr<FeatureStore> store) : store_(std::move(store)) {}
    std::vector<bool> find(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
                           std::span<float> out) override {
      return store_->find(space, keys, dimension, out);
    }
    void put(std::string_view space, std::span<const Digest> keys, std::size_t dimension,
             std::span<const float> rows) override {
      store_->put(space, keys, dimension, rows);
    }

   private:
    std::unique_ptr<FeatureStore> store_;
  };

  std::shared_ptr<const Encoder> cached(std::shared_ptr<const Encoder> encoder);

  Context& context_;
  std::mutex mutex_;
  std::unique_ptr<StoredFeatures> cache_;  // opened with the first encoder
};

}  // namespace aisle
