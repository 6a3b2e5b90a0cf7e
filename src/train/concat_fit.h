// The dense layers of a "concat": for every case of what an item brings, a logistic regression on the standardised
// columns of the members that the case has. Each case is fitted on all items that have its parts, also on those that
// have more, so that an item without a picture is answered by a layer that never saw one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/classifier.h"
#include "model/fusion/fusion_model.h"
#include "train/dense_fit.h"
#include "train/fused_members.h"

namespace aisle {

struct ConcatInputs {
  const TrainRequest& request;
  const TrainCallbacks& callbacks;
  const ItemTruth& truth;
  std::span<const TrainedMember> members;
  std::span<const std::shared_ptr<const Classifier>> opened;  // [members]
  std::span<const std::uint8_t> pictures;                     // [members]: whether it reads pictures
};

struct ConcatCase {
  DenseWeights weights;
  std::vector<std::uint32_t> items;  // that were held out, ascending
  std::vector<float> scores;         // [items, K], uncalibrated
};

class ConcatFit {
 public:
  // Reads all members' columns: features, or the answers of a model that did not see the item. c as for the dense
  // regression, 0: chosen. Where all columns would take more than max_bytes a sample of the items is learned from.
  ConcatFit(const ConcatInputs& inputs, std::size_t max_bytes, double c);

  const FusionColumns& columns() const { return columns_; }
  ConcatCase fit(Present present) const;

 private:
  // One member's columns.
  struct Block {
    DenseSet set;                        // standardised
    std::vector<std::uint32_t> row;      // [items]: in set, or kNoRow
    std::vector<std::uint8_t> is_there;  // [items]: 0: left out by the bound on memory
  };
  static constexpr std::uint32_t kNoRow = 0xFFFFFFFF;

  Block read_features(std::size_t member, std::size_t max_bytes) const;
  Block read_answers(std::size_t member, std::size_t max_bytes) const;
  std::vector<float> scores_of_priors() const;
  bool take(Present present, std::uint32_t item, std::vector<float>& row) const;

  ConcatInputs inputs_;
  double c_;
  std::vector<Block> blocks_;
  FusionColumns columns_;
};

}  // namespace aisle
