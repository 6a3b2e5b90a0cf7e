// Trains the members of a fused model, each into a file of its own, and gathers what they answer for items that they
// were not trained on: what weights, limits and calibration of the whole are fitted on.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "train/label_table.h"
#include "train/member_names.h"
#include "train/member_run.h"
#include "train/trainer.h"
#include "train/vocabulary.h"

namespace aisle {

// What is known of each labelled item outside the test part, in the order of reading.
struct ItemTruth {
  LabelTable labels;                           // in order
  std::vector<std::uint32_t> label_starts{0};  // [items + 1]
  std::vector<std::uint32_t> item_labels;
  std::vector<std::uint64_t> keys;       // items of one key are never split apart
  std::vector<std::uint8_t> validation;  // as stored

  std::size_t size() const { return keys.size(); }
  std::span<const std::uint32_t> of(std::size_t item) const {
    return std::span(item_labels).subspan(label_starts[item], label_starts[item + 1] - label_starts[item]);
  }
  SparseSet labels_of(std::span<const std::uint32_t> items) const;  // without features
  SparseSet all_labels() const;
};

// From the request's supply. kFailedPrecondition for fewer than two labels.
ItemTruth read_truth(const TrainRequest& request, const TrainCallbacks& callbacks);

struct TrainedMember {
  MemberName name;
  std::string kind;  // as it was trained
  Parameters parameters;
  std::uint64_t seed = 0;
  std::filesystem::path archive;
  HeldOutAnswers held_out;
};

// kInvalidArgument where a member knows other labels than the data have.
void check_labels(const TrainedMember& member, std::span<const LabelInfo> labels, const ItemTruth& truth);

class FusedMembers {
 public:
  // Both outlive it. kInternal where the request has no supply.
  FusedMembers(const TrainRequest& request, const TrainCallbacks& callbacks);
  FusedMembers(const FusedMembers&) = delete;
  FusedMembers& operator=(const FusedMembers&) = delete;

  // A version is trained once more as it was, for its answers to held-out items; its own file is what is kept.
  // kInvalidArgument where a version is of a kind that may not stand here.
  void add(const MemberName& name, const Parameters& parameters);

  const std::vector<TrainedMember>& all() const { return members_; }
  // For what the fusion itself fits: its epochs are counted on from the members'.
  const TrainCallbacks& callbacks() const { return counted_; }
  std::vector<std::filesystem::path> archives() const;

 private:
  void train(TrainedMember& member, const std::filesystem::path& archive);

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  TrainCallbacks counted_;
  std::vector<TrainedMember> members_;
  std::deque<MemberFile> made_;
  int epochs_ = 0;
};

// The items that no member was trained on, with what each member says of them.
class HeldOutPanel {
 public:
  HeldOutPanel(const std::vector<TrainedMember>& members, std::size_t items, std::size_t classes);

  std::size_t size() const { return items_.size(); }
  std::size_t members() const { return members_.size(); }
  std::size_t classes() const { return classes_; }
  const std::vector<std::uint32_t>& items() const { return items_; }  // ascending
  std::span<const std::uint8_t> known(std::size_t i) const {          // [members]
    return std::span(known_).subspan(i * members(), members());
  }
  std::span<const float> probabilities(std::size_t i, std::size_t member) const {
    return std::span(members_[member].held_out.probabilities)
        .subspan(places_[i * members() + member] * classes_, classes_);
  }

 private:
  const std::vector<TrainedMember>& members_;
  std::size_t classes_;
  std::vector<std::uint32_t> items_;
  std::vector<std::uint8_t> known_;  // [items, members]
  std::vector<std::size_t> places_;  // [items, members]: in the member's answers
};

}  // namespace aisle
