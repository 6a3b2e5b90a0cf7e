#include "train/cross_fit.h"

#include <system_error>
#include <utility>

#include "core/digest.h"
#include "core/ids.h"
#include "model/classifier.h"

namespace aisle {
namespace {

constexpr std::uint64_t kFolds = 5;
constexpr std::size_t kBatchItems = 64;

// The items with one fold made a test part, which training leaves alone. place(): that of the item given last.
class WithoutFold final : public ItemSource {
 public:
  WithoutFold(std::unique_ptr<ItemSource> items, const ItemTruth& truth, std::uint64_t fold)
      : items_(std::move(items)), truth_(truth), fold_(fold) {}

  bool next(Item& item) override {
    if (!items_->next(item)) return false;
    held_out_ =
        item.split != Split::kTest && !item.labels.empty() && mix64(truth_.keys.at(places_++)) % kFolds == fold_;
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

// Asks in batches; appends to the answers.
class Asker {
 public:
  Asker(const Classifier& model, HeldOutAnswers& answers)
      : worker_(model.new_worker()), classes_(model.card().labels.size()), answers_(answers) {}

  void add(Item item, std::uint32_t place) {
    items_.push_back(std::move(item));
    answers_.items.push_back(place);
    if (items_.size() == kBatchItems) ask();
  }

  void ask() {
    std::vector<ItemView> views;
    for (const Item& item : items_) views.push_back(view(item));
    const std::size_t before = answers_.known.size();
    answers_.known.resize(before + items_.size());
    answers_.probabilities.resize(answers_.known.size() * classes_);
    if (!views.empty()) {
      worker_->probabilities_of(views, std::span(answers_.probabilities).subspan(before * classes_),
                                std::span(answers_.known).subspan(before));
    }
    items_.clear();
  }

 private:
  std::unique_ptr<Worker> worker_;
  std::size_t classes_;
  HeldOutAnswers& answers_;
  std::vector<Item> items_;
};

}  // namespace

HeldOutAnswers cross_fit(const TrainRequest& request, const TrainCallbacks& callbacks, const ItemTruth& truth,
                         const TrainedMember& member) {
  const Trainer& trainer = find_trainer(member.kind);
  const bool pictures = trainer.reads_pictures(member.parameters);
  HeldOutAnswers answers;
  Item item;
  for (std::uint64_t fold = 0; fold < kFolds; ++fold) {
    std::filesystem::path archive = request.archive;
    archive += "." + new_id().substr(0, 12) + ".fold";
    WithoutFold train(request.supply->open_items(pictures), truth, fold);
    trainer.train({request.task, request.labels, train, member.parameters, member.seed, request.threads, archive,
                   request.encoders, request.supply},
                  {callbacks.progress, callbacks.cancel, {}});
    const auto model = open_classifier(archive, request.encoders);
    std::error_code ignored;
    std::filesystem::remove(archive, ignored);  // it stays mapped
    Asker asker(*model, answers);
    WithoutFold items(request.supply->open_items(pictures), truth, fold);
    while (items.next(item)) {
      if (items.held_out()) asker.add(item, items.place());
    }
    asker.ask();
  }
  return answers;
}

}  // namespace aisle
