#include "workflow/cached_encoders.h"

#include <utility>

namespace aisle {
namespace {

constexpr std::int64_t kBytesAMegabyte = 1 << 20;

}  // namespace

std::shared_ptr<const Encoder> CachedEncoders::open(std::string_view backbone, std::string_view precision) {
  return cached(context_.encoders.open(backbone, precision));
}

std::shared_ptr<const Encoder> CachedEncoders::open(const EncoderInfo& info) {
  return cached(context_.encoders.open(info));
}

std::shared_ptr<const Encoder> CachedEncoders::calibrate(std::string_view backbone,
                                                         std::span<const std::string_view> pictures,
                                                         std::size_t threads) {
  return cached(context_.encoders.calibrate(backbone, pictures, threads));
}

std::shared_ptr<const Encoder> CachedEncoders::cached(std::shared_ptr<const Encoder> encoder) {
  const std::scoped_lock lock(mutex_);
  if (cache_ == nullptr) {
    cache_ = std::make_unique<StoredFeatures>(open_feature_store(
        context_.workspace.folder / "features.db", context_.workspace.config.features.cache_mb * kBytesAMegabyte));
  }
  return with_cache(std::move(encoder), *cache_);
}

}  // namespace aisle
