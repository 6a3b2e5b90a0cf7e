#include "train/cross_fit.h"

#include <algorithm>
#include <utility>

#include "core/digest.h"
#include "model/classifier.h"
#include "train/fused_results.h"
#include "train/member_run.h"

namespace aisle {
namespace {

constexpr std::uint64_t kFolds = 5;
constexpr std::size_t kBatchItems = 64;

std::uint64_t fold_of(const ItemTruth& truth, std::size_t item) {
  return mix64(truth.keys.at(item)) % kFolds;
}

// The items with one fold made a test part, which training leaves alone. place(): that of the item given last.
class WithoutFold final : public ItemSource {
 public:
  WithoutFold(std::unique_ptr<ItemSource> items, const ItemTruth& truth, std::uint64_t fold)
      : items_(std::move(items)), truth_(truth), fold_(fold) {}

  bool next(Item& item) override {
    if (!items_->next(item)) return false;
    held_out_ = item.split != Split::kTest && !item.labels.empty() && fold_of(truth_, places_++) == fold_;
    if (held_out_) item.split = Split::kTest;
    return true;
  }
  bool held_out() const { return held_out_; }
  std::uint32_t place() const { return places_ - 1; }

 private:
  std::unique_ptr<ItemSource> items_;
  const ItemTruth& truth_;
  std::uint64_t fold_;
  std::uint32_t places_ = 0;
  bool held_out_ = false;
};

std::size_t count_labels_outside(const ItemTruth& truth, std::uint64_t fold) {
  std::vector<std::uint8_t> seen(truth.labels.size());
  for (std::size_t item = 0; item < truth.size(); ++item) {
    if (fold_of(truth, item) == fold) continue;
    for (const std::uint32_t label : truth.of(item)) seen[label] = 1;
  }
  return static_cast<std::size_t>(std::ranges::count(seen, 1));
}

// One model's answers as rows of all labels: its own by name, and the shares of those that it does not know.
class LabelRows {
 public:
  LabelRows(const ModelCard& card, const ItemTruth& truth, TaskKind kind) : category_(kind == TaskKind::kCategory) {
    const std::size_t classes = truth.labels.size();
    row_ = priors(truth, kind);
    const std::vector<LabelInfo> all = truth.labels.infos({});
    std::vector<std::uint8_t> is_known(classes);
    for (const LabelInfo& own : card.labels) {
      const auto found = std::ranges::lower_bound(all, own.label, {}, &LabelInfo::label);
      places_.push_back(static_cast<std::size_t>(found - all.begin()));
      is_known.at(places_.back()) = 1;
    }
    for (std::size_t k = 0; k < classes; ++k) unknown_ += is_known[k] == 0 ? row_[k] : 0;
  }

  std::size_t own_labels() const { return places_.size(); }
  void append(std::span<const float> own, std::vector<float>& rows) {
    for (std::size_t k = 0; k < own.size(); ++k) row_[places_[k]] = category_ ? own[k] * (1 - unknown_) : own[k];
    rows.insert(rows.end(), row_.begin(), row_.end());
  }

 private:
  bool category_;
  std::vector<std::size_t> places_;  // [own labels]: among all
  std::vector<float> row_;           // [labels]
  float unknown_ = 0;                // the sum of what the model does not know
};

// Asks in batches; appends to the answers.
class Asker {
 public:
  Asker(const Classifier& model, LabelRows rows, HeldOutAnswers& answers)
      : worker_(model.new_worker()), rows_(std::move(rows)), answers_(answers) {}

  void add(Item item, std::uint32_t place) {
    items_.push_back(std::move(item));
    answers_.items.push_back(place);
    if (items_.size() == kBatchItems) ask();
  }

  void ask() {
    std::vector<ItemView> views;
    for (const Item& item : items_) views.push_back(view(item));
    std::vector<std::uint8_t> known(views.size());
    std::vector<float> own(views.size() * rows_.own_labels());
    if (!views.empty()) worker_->probabilities_of(views, own, known);
    answers_.known.insert(answers_.known.end(), known.begin(), known.end());
    for (std::size_t i = 0; i < views.size(); ++i)
      rows_.append(std::span(own).subspan(i * rows_.own_labels(), rows_.own_labels()), answers_.probabilities);
    items_.clear();
  }

 private:
  std::unique_ptr<Worker> worker_;
  LabelRows rows_;
  HeldOutAnswers& answers_;
  std::vector<Item> items_;
};

class CrossFit {
 public:
  CrossFit(const TrainRequest& request, const TrainCallbacks& callbacks, const ItemTruth& truth,
           const TrainedMember& member, std::span<const std::uint8_t> wanted)
      : request_(request),
        callbacks_(callbacks),
        truth_(truth),
        member_(member),
        trainer_(find_trainer(member.kind)),
        wanted_(wanted) {}

  HeldOutAnswers run() {
    for (std::uint64_t fold = 0; fold < kFolds; ++fold) {
      MemberProgress progress(callbacks_.progress, member_.name.text + ", fold " + std::to_string(fold + 1) + " of " +
                                                       std::to_string(kFolds));
      if (count_labels_outside(truth_, fold) < 2) {
        progress.message("the other folds have fewer than two labels, so its items are not learned from");
        continue;
      }
      const MemberFile file(request_.archive);
      train(fold, file.path(), progress);
      ask(fold, *open_classifier(file.path(), request_.encoders), progress);
    }
    return std::move(answers_);
  }

 private:
  WithoutFold items(std::uint64_t fold) const {
    return {request_.supply->open_items(trainer_.reads_pictures(member_.parameters)), truth_, fold};
  }

  void train(std::uint64_t fold, const std::filesystem::path& archive, Progress& progress) const {
    WithoutFold rest = items(fold);
    trainer_.train(request_of(request_, member_, rest, archive), {progress, callbacks_.cancel, {}});
  }

  void ask(std::uint64_t fold, const Classifier& model, Progress& progress) {
    Asker asker(model, LabelRows(model.card(), truth_, request_.task.kind), answers_);
    WithoutFold all = items(fold);
    Item item;
    for (std::uint64_t read = 0; all.next(item); ++read) {
      if (read % kBatchItems == 0) {
        callbacks_.cancel.check();
        progress.update({.stage = "asking", .done = read, .unit = "items", .detail = {}});
      }
      if (all.held_out() && wanted_[all.place()] != 0) asker.add(item, all.place());
    }
    asker.ask();
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  const ItemTruth& truth_;
  const TrainedMember& member_;
  const Trainer& trainer_;
  std::span<const std::uint8_t> wanted_;
  HeldOutAnswers answers_;
};

}  // namespace

HeldOutAnswers cross_fit(const TrainRequest& request, const TrainCallbacks& callbacks, const ItemTruth& truth,
                         const TrainedMember& member, std::span<const std::uint8_t> wanted) {
  return CrossFit(request, callbacks, truth, member, wanted).run();
}

}  // namespace aisle
