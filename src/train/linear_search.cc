#include "train/linear_search.h"

#include <string>

#include "core/digest.h"
#include "core/parallel.h"

namespace aisle {
namespace {

constexpr std::uint64_t kFolds = 5;
constexpr std::uint32_t kCharMin = 2, kCharMax = 5;

struct Candidate {
  NgramOptions ngrams;
  double learning_rate = 0;
};

struct Outcome {
  SparseSet held_out;
  std::vector<float> logits;
  HeldOutMeasures measures;
};

void append(Outcome& all, const SparseSet& held_out, const std::vector<float>& logits) {
  all.logits.insert(all.logits.end(), logits.begin(), logits.end());
  all.held_out.starts.resize(all.held_out.starts.size() + held_out.size(), 0);
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    const std::span<const std::uint32_t> labels = held_out.item_labels(i);
    all.held_out.labels.insert(all.held_out.labels.end(), labels.begin(), labels.end());
    all.held_out.label_starts.push_back(static_cast<std::uint32_t>(all.held_out.labels.size()));
  }
}

// Better by accuracy (category) or by loss (tags, where one right tag of many says little).
bool better(const Outcome& a, const Outcome& b, TaskKind kind) {
  return kind == TaskKind::kCategory ? a.measures.accuracy > b.measures.accuracy : a.measures.loss < b.measures.loss;
}

class Search {
 public:
  Search(const std::vector<TrainItem>& items, const FitPlan& plan, const TrainCallbacks& callbacks)
      : items_(items), plan_(plan), callbacks_(callbacks), threads_(plan.sgd.threads) {
    plan_.sgd.threads = 1;  // the fits run beside each other
  }

  // Tries the candidates; keeps the best so far.
  void add(const std::vector<Candidate>& candidates) {
    std::vector<NgramData> data(candidates.size());
    parallel_for(candidates.size(), threads_,
                 [&](std::size_t i, std::size_t) { data[i] = extract_items(items_, candidates[i].ngrams); });
    std::vector<FitSets> sets(candidates.size() * kFolds);
    std::vector<Fit> fits(sets.size());
    parallel_for(sets.size(), threads_, [&](std::size_t i, std::size_t) {
      callbacks_.cancel.check();
      const std::uint64_t fold = i % kFolds;
      const FitPlan plan = plan_for(candidates[i / kFolds]);
      const PartOf part_of = [fold](const NgramItem& item) {
        return mix64(item.key) % kFolds == fold ? Part::kHeldOut : Part::kTrain;
      };
      sets[i] = make_fit_sets(data[i / kFolds], part_of, plan);
      fits[i] = run_fit(sets[i], plan, nullptr);
      fits[i].weights = {};
      sets[i].train = {};
    });
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      Outcome outcome;
      for (std::size_t fold = 0; fold < kFolds; ++fold)
        append(outcome, sets[i * kFolds + fold].held_out, fits[i * kFolds + fold].held_out_logits);
      outcome.measures = measure_held_out(outcome.logits, outcome.held_out, plan_.sgd.classes, plan_.sgd.kind);
      tell(candidates[i], outcome);
      if (best_.logits.empty() || better(outcome, best_, plan_.sgd.kind)) {
        best_ = std::move(outcome);
        candidate_ = candidates[i];
      }
    }
  }

  const Candidate& candidate() const { return candidate_; }

  SearchResult finish() {
    FitPlan plan = plan_for(candidate_);
    plan.sgd.threads = threads_;
    return {candidate_.ngrams, plan, std::move(best_.held_out), std::move(best_.logits)};
  }

 private:
  FitPlan plan_for(const Candidate& candidate) const {
    FitPlan plan = plan_;
    plan.sgd.learning_rate = candidate.learning_rate;
    return plan;
  }

  void tell(const Candidate& candidate, const Outcome& outcome) const {
    const NgramOptions& ngrams = candidate.ngrams;
    const std::string chars = ngrams.char_max == 0 ? "words" : "words and characters";
    const std::string what = plan_.sgd.kind == TaskKind::kCategory
                                 ? "accuracy " + std::to_string(outcome.measures.accuracy)
                                 : "loss " + std::to_string(outcome.measures.loss);
    callbacks_.progress.message(
        "tried " + chars + (ngrams.balance_fields ? ", fields balanced" : ", fields as they are") + ", learning rate " +
        std::to_string(candidate.learning_rate).substr(0, 4) + ": " + what + " on held-out items");
  }

  const std::vector<TrainItem>& items_;
  FitPlan plan_;
  const TrainCallbacks& callbacks_;
  std::size_t threads_;
  Candidate candidate_;
  Outcome best_;
};

}  // namespace

SearchResult search_small(const std::vector<TrainItem>& items, const NgramOptions& ngrams, const FitPlan& plan,
                          const LinearOptions& options, const TrainCallbacks& callbacks) {
  Search search(items, plan, callbacks);
  std::vector<Candidate> first;
  for (const bool balance : {true, false}) {
    if (!options.choose_balance && balance != options.balance_fields) continue;
    if (ngrams.fields == 1 && !balance) continue;  // the same
    for (const bool chars : {false, true}) {
      if (!options.choose_chars && chars) continue;
      Candidate& candidate = first.emplace_back(Candidate{ngrams, plan.sgd.learning_rate});
      candidate.ngrams.balance_fields = balance;
      if (chars) candidate.ngrams.char_min = kCharMin, candidate.ngrams.char_max = kCharMax;
    }
  }
  callbacks.progress.update({.stage = "choosing n-grams", .done = 0, .total = 2, .unit = "rounds"});
  search.add(first);
  if (options.learning_rate == 0) {
    callbacks.progress.update({.stage = "choosing the learning rate", .done = 1, .total = 2, .unit = "rounds"});
    const NgramOptions chosen = search.candidate().ngrams;
    search.add({{chosen, plan.sgd.learning_rate / 2}, {chosen, plan.sgd.learning_rate * 2}});
  }
  return search.finish();
}

NgramData extract_items(const std::vector<TrainItem>& items, const NgramOptions& ngrams) {
  NgramCollector collector(ngrams, 1);
  collector.add(items);
  return collector.finish();
}

}  // namespace aisle
