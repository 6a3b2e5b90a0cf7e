#include "train/concat_fit.h"

#include <algorithm>
#include <numeric>

#include "train/cross_fit.h"
#include "train/dense_search.h"
#include "train/frozen_data.h"
#include "train/fused_results.h"
#include "train/linear_data.h"

namespace aisle {

namespace {

// Which items a block of so many bytes holds.
std::vector<std::uint8_t> sample_of(const ItemTruth& truth, std::size_t max_bytes) {
  const std::size_t most = max_bytes / (truth.labels.size() * sizeof(float));
  std::vector<std::uint8_t> sample(truth.size(), 1);
  for (std::uint64_t mask = 1; static_cast<std::size_t>(std::ranges::count(sample, 1)) > most; mask = mask * 2 + 1) {
    for (std::size_t item = 0; item < sample.size(); ++item) sample[item] = is_kept(truth.keys[item], mask) ? 1 : 0;
  }
  return sample;
}

}  // namespace

ConcatFit::ConcatFit(const ConcatInputs& inputs, std::size_t max_bytes, double c) : inputs_(inputs), c_(c) {
  std::vector<std::size_t> widths;
  for (const auto& member : inputs.opened)
    widths.push_back(member->encoder() != nullptr ? member->encoder()->info().dimension : inputs.truth.labels.size());
  // Half of the memory for what is read, half for the rows that a case joins from it.
  const std::size_t of_a_column = max_bytes / 2 / std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  for (std::size_t m = 0; m < inputs.members.size(); ++m) {
    blocks_.push_back(inputs.opened[m]->encoder() == nullptr ? read_answers(m, of_a_column * widths[m])
                                                             : read_features(m, of_a_column * widths[m]));
    const FeatureScale scale = fit_scale(blocks_.back().set);
    apply(scale, blocks_.back().set);
    columns_.mean.insert(columns_.mean.end(), scale.mean.begin(), scale.mean.end());
    columns_.scale.push_back(scale.scale);
  }
}

ConcatFit::Block ConcatFit::read_features(std::size_t member, std::size_t max_bytes) const {
  const auto items = inputs_.request.supply->open_items(inputs_.pictures[member] != 0);
  const TrainRequest request{inputs_.request.task, inputs_.request.labels, *items, {}, 0, 1, {}};
  TrainItemReader reader(request, inputs_.callbacks);
  FrozenData data = aisle::read_features(reader, *inputs_.opened[member]->encoder(), inputs_.request.threads, max_bytes,
                                         inputs_.callbacks);
  Block block{std::move(data.set), std::vector<std::uint32_t>(inputs_.truth.size(), kNoRow),
              std::vector<std::uint8_t>(inputs_.truth.size(), 0)};
  for (std::uint32_t i = 0; i < data.numbers.size(); ++i) block.row[data.numbers[i]] = i;
  for (const std::uint32_t item : data.numbers) block.is_there[item] = 1;
  for (const std::uint32_t item : data.unread) block.is_there[item] = 1;
  return block;
}

ConcatFit::Block ConcatFit::read_answers(std::size_t member, std::size_t max_bytes) const {
  const TrainedMember& own = inputs_.members[member];
  const std::size_t items = inputs_.truth.size(), classes = inputs_.truth.labels.size();
  const std::vector<std::uint8_t> sample = sample_of(inputs_.truth, max_bytes);
  HeldOutAnswers crossed;
  const bool crosses = own.held_out.items.size() < items;
  if (crosses) crossed = cross_fit(inputs_.request, inputs_.callbacks, inputs_.truth, own, sample);
  const HeldOutAnswers& answers = crosses ? crossed : own.held_out;
  Block block{{}, std::vector<std::uint32_t>(items, kNoRow), std::vector<std::uint8_t>(items, 0)};
  block.set.dimension = classes;
  std::vector<float> row(classes);
  for (std::size_t i = 0; i < answers.items.size(); ++i) {
    const std::uint32_t item = answers.items[i];
    if (sample[item] == 0) continue;
    block.is_there[item] = 1;
    if (answers.known[i] == 0) continue;
    std::copy_n(&answers.probabilities[i * classes], classes, row.begin());
    to_scores(inputs_.request.task.kind, row);
    block.row[item] = static_cast<std::uint32_t>(block.set.size());
    block.set.add(row, {});
  }
  return block;
}

// The item's row for a case; false where it has not the case's parts, or a member of it was left out.
bool ConcatFit::take(Present present, std::uint32_t item, std::vector<float>& row) const {
  row.clear();
  std::vector<std::uint8_t> known(blocks_.size());
  for (std::size_t m = 0; m < blocks_.size(); ++m) {
    if (!has_member(present, inputs_.pictures[m] != 0)) continue;
    const Block& block = blocks_[m];
    if (block.is_there[item] == 0) return false;
    known[m] = block.row[item] != kNoRow ? 1 : 0;
    const std::size_t begin = row.size();
    row.resize(begin + block.set.dimension, 0);
    if (known[m] != 0)
      std::ranges::copy(block.set.row(block.row[item]), row.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return std::ranges::count(known, 1) > 0 && present_parts(inputs_.pictures, known) == present;
}

// What is answered where nothing could be learned.
std::vector<float> ConcatFit::scores_of_priors() const {
  std::vector<float> scores = priors(inputs_.truth, inputs_.request.task.kind);
  to_scores(inputs_.request.task.kind, scores);
  return scores;
}

ConcatCase ConcatFit::fit(Present present) const {
  FrozenData data;
  std::vector<float> row;
  for (std::uint32_t item = 0; item < inputs_.truth.size(); ++item) {
    if (!take(present, item, row)) continue;
    data.set.dimension = row.size();
    data.set.add(row, inputs_.truth.of(item));
    data.keys.push_back(inputs_.truth.keys[item]);
    data.validation.push_back(inputs_.truth.validation[item]);
    data.numbers.push_back(item);
  }
  const bool is_empty = data.set.size() == 0;
  if (is_empty) {  // no item of this case: a layer of zeros
    for (std::size_t m = 0; m < blocks_.size(); ++m)
      data.set.dimension += has_member(present, inputs_.pictures[m] != 0) ? blocks_[m].set.dimension : 0;
  }
  const DenseOptions options{
      .kind = inputs_.request.task.kind, .classes = inputs_.truth.labels.size(), .threads = inputs_.request.threads};
  DenseSearch found = search_dense(data, options, is_empty ? 1 : c_, inputs_.callbacks);
  if (is_empty) found.weights.bias = scores_of_priors();
  ConcatCase result{std::move(found.weights), {}, {}};
  std::vector<std::uint32_t> order(found.held_out_rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return data.numbers[found.held_out_rows[i]]; });
  for (const std::uint32_t i : order) {
    result.items.push_back(data.numbers[found.held_out_rows[i]]);
    const auto from = found.held_out_logits.begin() + static_cast<std::ptrdiff_t>(i * options.classes);
    result.scores.insert(result.scores.end(), from, from + static_cast<std::ptrdiff_t>(options.classes));
  }
  return result;
}

}  // namespace aisle
