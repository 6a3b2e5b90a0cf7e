// Trains the members of a fused model, each into a file of its own, and gathers what they answer for items that they
// were not trained on: what weights, limits and calibration of the whole are fitted on.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/classifier.h"
#include "train/item_truth.h"
#include "train/member_names.h"
#include "train/member_run.h"
#include "train/trainer.h"

namespace aisle {

struct TrainedMember {
  MemberName name;
  std::string kind;  // as it was trained
  Parameters parameters;
  std::uint64_t seed = 0;
  std::filesystem::path archive;         // of a kind: once it is trained
  std::shared_ptr<FusionSupply> supply;  // where its own members come from; null: as the fusion's do
  HeldOutAnswers held_out;
};

// What training the member asks for. `archive` is where to.
TrainRequest request_of(const TrainRequest& whole, const TrainedMember& member, ItemSource& items,
                        const std::filesystem::path& archive);

// A member before it is trained. `parameters` are those of a kind; a version has its own, and one that is itself fused
// finds its members in its file. kInternal where the request has no supply; kNotFound, kFailedPrecondition: the
// version.
TrainedMember resolve_member(const TrainRequest& request, const MemberName& name, const Parameters& parameters);

// Whether it can be trained: as Trainer::check().
void check_member(const TrainRequest& request, const TrainedMember& member);

// kInvalidArgument where a member knows other labels than the data have.
void check_labels(const TrainedMember& member, std::span<const LabelInfo> labels, const ItemTruth& truth);

class FusedMembers {
 public:
  // Both outlive it.
  FusedMembers(const TrainRequest& request, const TrainCallbacks& callbacks, std::vector<TrainedMember> members);
  FusedMembers(const FusedMembers&) = delete;
  FusedMembers& operator=(const FusedMembers&) = delete;

  // Trains them all, after a look at what versions know. A version is trained once more as it was, for its answers to
  // held-out items; its own file is what is kept.
  void train(const ItemTruth& truth);

  const std::vector<TrainedMember>& all() const { return members_; }
  // For what the fusion itself fits: its epochs are counted on from the members'.
  const TrainCallbacks& callbacks() const { return counted_; }
  std::vector<std::filesystem::path> archives() const;

 private:
  void train(TrainedMember& member);

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
