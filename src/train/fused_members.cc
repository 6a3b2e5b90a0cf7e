#include "train/fused_members.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "train/kept_members.h"

namespace aisle {

TrainRequest request_of(const TrainRequest& whole, const TrainedMember& member, ItemSource& items,
                        const std::filesystem::path& archive) {
  return {whole.task,        whole.labels,   items,
          member.parameters, member.seed,    whole.threads,
          archive,           whole.encoders, member.supply ? member.supply.get() : whole.supply};
}

TrainedMember resolve_member(const TrainRequest& request, const MemberName& name, const Parameters& parameters) {
  if (request.supply == nullptr) throw Error(ErrorCode::kInternal, "there is no supply to train a fused model from");
  TrainedMember member;
  member.name = name;
  if (name.version == 0) {
    member.kind = name.kind;
    member.parameters = parameters;
    member.seed = request.seed;
  } else {
    const TrainedVersion version = request.supply->find_version(name.version);
    member.kind = version.model;
    member.parameters = version.parameters;
    member.seed = version.seed;
    member.archive = version.archive;
    if (find_trainer(member.kind).is_made_of_models())
      member.supply = std::make_shared<KeptMembers>(*request.supply, version.archive, request.archive);
  }
  return member;
}

void check_member(const TrainRequest& request, const TrainedMember& member) {
  find_trainer(member.kind).check(request_of(request, member, request.items, request.archive));
}

void check_labels(const TrainedMember& member, std::span<const LabelInfo> labels, const ItemTruth& truth) {
  if (std::ranges::equal(labels, truth.labels.infos({}), {}, &LabelInfo::label, &LabelInfo::label)) return;
  throw Error(
      ErrorCode::kInvalidArgument,
      "the member '" + member.name.text + "' knows other labels than the data have: train it again, or name its kind");
}

FusedMembers::FusedMembers(const TrainRequest& request, const TrainCallbacks& callbacks,
                           std::vector<TrainedMember> members)
    : request_(request),
      callbacks_(callbacks),
      counted_{callbacks.progress, callbacks.cancel,
               [this](EpochMetrics epoch) {
                 epoch.epoch = ++epochs_;
                 if (callbacks_.on_epoch) callbacks_.on_epoch(epoch);
               }},
      members_(std::move(members)) {}

void FusedMembers::train(const ItemTruth& truth) {
  for (const TrainedMember& member : members_) {
    if (member.name.version > 0) check_labels(member, read_model_card(member.archive).labels, truth);
  }
  for (TrainedMember& member : members_) train(member);
}

void FusedMembers::train(TrainedMember& member) {
  const std::filesystem::path& archive = made_.emplace_back(request_.archive).path();
  const Trainer& trainer = find_trainer(member.kind);
  const auto items = request_.supply->open_items(trainer.reads_pictures(member.parameters));
  MemberProgress progress(callbacks_.progress, member.name.text);
  const auto on_held_out = [&member](HeldOutAnswers answers) { member.held_out = std::move(answers); };
  trainer.train(request_of(request_, member, *items, archive),
                {progress, callbacks_.cancel, counted_.on_epoch, on_held_out});
  if (member.name.version == 0) member.archive = archive;
}

std::vector<std::filesystem::path> FusedMembers::archives() const {
  std::vector<std::filesystem::path> paths;
  for (const TrainedMember& member : members_) paths.push_back(member.archive);
  return paths;
}

HeldOutPanel::HeldOutPanel(const std::vector<TrainedMember>& members, std::size_t items, std::size_t classes)
    : members_(members), classes_(classes) {
  constexpr std::size_t kNowhere = SIZE_MAX;
  std::vector<std::size_t> places(items * members.size(), kNowhere);
  for (std::size_t m = 0; m < members.size(); ++m) {
    const std::vector<std::uint32_t>& own = members[m].held_out.items;
    for (std::size_t place = 0; place < own.size(); ++place) places.at(own[place] * members.size() + m) = place;
  }
  for (std::uint32_t item = 0; item < items; ++item) {
    const std::span<const std::size_t> own = std::span(places).subspan(item * members.size(), members.size());
    if (std::ranges::find(own, kNowhere) != own.end()) continue;
    items_.push_back(item);
    for (std::size_t m = 0; m < members.size(); ++m) known_.push_back(members[m].held_out.known[own[m]]);
    places_.insert(places_.end(), own.begin(), own.end());
  }
}

}  // namespace aisle
