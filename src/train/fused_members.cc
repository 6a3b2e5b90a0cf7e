#include "train/fused_members.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "model/classifier.h"
#include "train/linear_data.h"

namespace aisle {
namespace {

constexpr std::size_t kReadBatch = 512;

}  // namespace

SparseSet ItemTruth::labels_of(std::span<const std::uint32_t> items) const {
  SparseSet set;
  set.starts.assign(items.size() + 1, 0);
  for (const std::uint32_t item : items) {
    const std::span<const std::uint32_t> own = of(item);
    set.labels.insert(set.labels.end(), own.begin(), own.end());
    set.label_starts.push_back(static_cast<std::uint32_t>(set.labels.size()));
  }
  return set;
}

SparseSet ItemTruth::all_labels() const {
  SparseSet set;
  set.starts.assign(size() + 1, 0);
  set.label_starts = label_starts;
  set.labels = item_labels;
  return set;
}

ItemTruth read_truth(const TrainRequest& request, const TrainCallbacks& callbacks) {
  const auto items = request.supply->open_items(false);
  const TrainRequest again{request.task, request.labels, *items, {}, request.seed, 1, {}};
  TrainItemReader reader(again, callbacks);
  ItemTruth truth;
  for (std::vector<TrainItem> batch = reader.take(kReadBatch); !batch.empty(); batch = reader.take(kReadBatch)) {
    for (const TrainItem& item : batch) {
      truth.item_labels.insert(truth.item_labels.end(), item.labels.begin(), item.labels.end());
      truth.label_starts.push_back(static_cast<std::uint32_t>(truth.item_labels.size()));
      truth.keys.push_back(item.key);
      truth.validation.push_back(item.validation ? 1 : 0);
    }
  }
  if (reader.labels().size() < 2) {
    throw Error(ErrorCode::kFailedPrecondition,
                "training needs certified items of at least two labels outside the test part; there " +
                    std::string(reader.labels().size() == 1 ? "is one label" : "are none"));
  }
  const std::vector<std::uint32_t> renumbered = reader.labels().sort();
  for (std::uint32_t& label : truth.item_labels) label = renumbered[label];
  truth.labels = reader.labels();
  return truth;
}

void check_labels(const TrainedMember& member, std::span<const LabelInfo> labels, const ItemTruth& truth) {
  if (std::ranges::equal(labels, truth.labels.infos({}), {}, &LabelInfo::label, &LabelInfo::label)) return;
  throw Error(
      ErrorCode::kInvalidArgument,
      "the member '" + member.name.text + "' knows other labels than the data have: train it again, or name its kind");
}

FusedMembers::FusedMembers(const TrainRequest& request, const TrainCallbacks& callbacks)
    : request_(request),
      callbacks_(callbacks),
      counted_{callbacks.progress, callbacks.cancel, [this](EpochMetrics epoch) {
                 epoch.epoch = ++epochs_;
                 if (callbacks_.on_epoch) callbacks_.on_epoch(epoch);
               }} {
  if (request.supply == nullptr) throw Error(ErrorCode::kInternal, "there is no supply to train a fused model from");
}

void FusedMembers::add(const MemberName& name, const Parameters& parameters) {
  TrainedMember& member = members_.emplace_back();
  member.name = name;
  const std::filesystem::path& archive = made_.emplace_back(request_.archive).path();
  if (name.version == 0) {
    member.kind = name.kind;
    member.parameters = parameters;
    member.seed = request_.seed;
    member.archive = archive;
  } else {
    const TrainedVersion version = request_.supply->find_version(name.version);
    member.kind = version.model;
    member.parameters = version.parameters;
    member.seed = version.seed;
    member.archive = version.archive;
  }
  train(member, archive);
}

void FusedMembers::train(TrainedMember& member, const std::filesystem::path& archive) {
  const Trainer& trainer = find_trainer(member.kind);
  const auto items = request_.supply->open_items(trainer.reads_pictures(member.parameters));
  const TrainRequest request{request_.task,     request_.labels,   *items,
                             member.parameters, member.seed,       request_.threads,
                             archive,           request_.encoders, request_.supply};
  MemberProgress progress(callbacks_.progress, member.name.text);
  const auto on_held_out = [&member](HeldOutAnswers answers) { member.held_out = std::move(answers); };
  trainer.train(request, {progress, callbacks_.cancel, counted_.on_epoch, on_held_out});
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
