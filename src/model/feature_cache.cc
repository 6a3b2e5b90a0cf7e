#include "model/feature_cache.h"

#include <algorithm>
#include <map>
#include <utility>

namespace aisle {
namespace {

class CachedEncoder final : public Encoder {
 public:
  CachedEncoder(std::shared_ptr<const Encoder> inner, FeatureCache& cache)
      : inner_(std::move(inner)), cache_(cache), space_(feature_space(inner_->info())) {}

  const EncoderInfo& info() const override { return inner_->info(); }

  void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
              std::span<std::string> faults) const override {
    const std::size_t width = info().dimension;
    std::vector<Digest> keys;
    for (const std::string_view input : inputs) keys.push_back(digest_of(input));
    const std::vector<bool> found = cache_.find(space_, keys, width, out);
    std::vector<std::size_t> missing;  // the first of each digest
    std::vector<std::size_t> source(inputs.size());
    std::map<std::string, std::size_t> first;  // place in `missing` by digest
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (found[i]) continue;
      const auto [place, is_new] = first.emplace(keys[i].hex(), missing.size());
      if (is_new) missing.push_back(i);
      source[i] = place->second;
    }
    if (missing.empty()) return;
    const Made made = make(inputs, keys, missing, threads);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (found[i]) continue;
      std::copy_n(&made.rows[source[i] * width], width, &out[i * width]);
      faults[i] = made.faults[source[i]];
    }
  }

 private:
  struct Made {
    std::vector<float> rows;
    std::vector<std::string> faults;
  };

  Made make(std::span<const std::string_view> inputs, std::span<const Digest> keys, std::span<const std::size_t> wanted,
            std::size_t threads) const {
    const std::size_t width = info().dimension;
    std::vector<std::string_view> own;
    for (const std::size_t i : wanted) own.push_back(inputs[i]);
    Made made{std::vector<float>(own.size() * width), std::vector<std::string>(own.size())};
    inner_->encode(own, threads, made.rows, made.faults);
    std::vector<Digest> good_keys;
    std::vector<float> good_rows;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (!made.faults[i].empty()) continue;
      good_keys.push_back(keys[wanted[i]]);
      good_rows.insert(good_rows.end(), &made.rows[i * width], &made.rows[i * width] + width);
    }
    cache_.put(space_, good_keys, width, good_rows);
    return made;
  }

  std::shared_ptr<const Encoder> inner_;
  FeatureCache& cache_;
  std::string space_;
};

}  // namespace

std::shared_ptr<const Encoder> with_cache(std::shared_ptr<const Encoder> encoder, FeatureCache& cache) {
  return std::make_shared<CachedEncoder>(std::move(encoder), cache);
}

}  // namespace aisle
