#include "model/fusion/fusion_model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "model/card_json.h"
#include "model/engine/gemm.h"
#include "model/fusion/fusion_card.h"
#include "model/fusion/members.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the model file " + what);
}

std::string section_of_case(std::size_t number) {
  return "case." + std::to_string(number);
}

std::vector<float> copied(std::span<const float> values) {
  return {values.begin(), values.end()};
}

void check_range(std::span<const float> values, float least, float most, const char* what) {
  if (std::ranges::all_of(values, [&](float value) { return value >= least && value <= most; })) return;
  corrupt(std::string("has ") + what + " out of range");
}

// Columns of a member's block.
std::size_t width_of(const Classifier& member) {
  return member.encoder() != nullptr ? member.encoder()->info().dimension : member.card().labels.size();
}

class FusionModel final : public Classifier {
 public:
  FusionModel(FusionParts parts, Archive archive, EncoderSource& encoders, std::size_t depth)
      : parts_(std::move(parts)),
        archive_(std::move(archive)),
        members_(open_members(archive_, parts_.card, parts_.card.members.size(), encoders, depth)) {
    for (const auto& member : members_) {
      pictures_.push_back(member->card().reads_pictures ? 1 : 0);
      parts_.card.reads_pictures = parts_.card.reads_pictures || member->card().reads_pictures;
    }
    if (parts_.cases.size() != count_cases(pictures_)) corrupt("has not the cases that its members make");
    parts_.prior = copied(archive_.values<float>("prior", classes()));
    check_range(parts_.prior, 0, 1, "priors");
    if (is_concat()) read_columns();
    for (std::size_t c = 0; c < parts_.cases.size(); ++c) read_case(c);
  }

  const ModelCard& card() const override { return parts_.card; }
  std::unique_ptr<Worker> new_worker() const override;
  std::size_t preferred_batch() const override {
    std::size_t most = 1;
    for (const auto& member : members_) most = std::max(most, member->preferred_batch());
    return most;
  }

  bool is_concat() const { return parts_.card.model == kConcatKind; }
  std::size_t classes() const { return parts_.card.labels.size(); }
  const std::vector<std::shared_ptr<const Classifier>>& members() const { return members_; }
  std::span<const std::uint8_t> pictures() const { return pictures_; }
  const FusionCase& of(Present present) const { return parts_.cases[static_cast<std::size_t>(present)]; }
  std::span<const float> prior() const { return parts_.prior; }
  const FusionColumns& columns() const { return parts_.columns; }
  std::size_t width(std::size_t member) const { return width_of(*members_[member]); }

  std::size_t columns_of(Present present) const {
    std::size_t sum = 0;
    for (std::size_t m = 0; m < members_.size(); ++m) sum += has_member(present, pictures_[m] != 0) ? width(m) : 0;
    return sum;
  }

 private:
  void read_columns() {
    const std::size_t all = columns_of(Present::kEverything);
    const std::span<const float> values = archive_.values<float>("standard", all + members_.size());
    parts_.columns = {copied(values.first(all)), copied(values.subspan(all))};
  }

  void read_case(std::size_t number) {
    FusionCase& one = parts_.cases[number];
    const std::size_t own = is_concat() ? classes() * columns_of(static_cast<Present>(number)) : members_.size();
    const std::span<const float> values = archive_.values<float>(section_of_case(number), own + 2 * classes());
    (is_concat() ? one.dense : one.weights) = copied(values.first(own));
    check_range(one.weights, 0, 1, "weights");
    one.calibration.slope = copied(values.subspan(own, classes()));
    one.calibration.offset = copied(values.subspan(own + classes()));
  }

  FusionParts parts_;
  Archive archive_;  // the members stand in it
  std::vector<std::shared_ptr<const Classifier>> members_;
  std::vector<std::uint8_t> pictures_;  // [members]: whether it reads pictures
};

class FusionWorker final : public Worker {
 public:
  explicit FusionWorker(const FusionModel& model)
      : model_(model), known_(model.members().size()), spans_(model.members().size()) {
    for (std::size_t m = 0; m < model.members().size(); ++m)
      seats_.emplace_back(*model.members()[m], static_cast<std::uint32_t>(m));
  }

  bool probabilities(const ItemView& item, std::span<float> out) override {
    std::uint8_t known = 0;
    probabilities_of({&item, 1}, out, {&known, 1});
    return known != 0;
  }

  void probabilities_of(std::span<const ItemView> items, std::span<float> out, std::span<std::uint8_t> known) override {
    for (MemberSeat& seat : seats_) seat.ask(items);
    const std::size_t classes = model_.classes();
    for (std::size_t i = 0; i < items.size(); ++i) known[i] = answer(i, out.subspan(i * classes, classes)) ? 1 : 0;
  }

  void use_threads(std::size_t threads) override {
    for (MemberSeat& seat : seats_) seat.worker().use_threads(threads);
  }

  std::span<const MemberAnswer> members_of(std::size_t item) const override {
    answers_.clear();
    for (const MemberSeat& seat : seats_) answers_.push_back(seat.answer(item));
    return answers_;
  }

  // What the members name, each by its weight as mix() takes it; those of a dense layer alike.
  Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override {
    constexpr std::size_t kOfAMember = 200;  // more than one of them says alone: their sums decide who is strongest
    std::vector<float> ignored(model_.classes());
    probabilities(item, ignored);
    const Present present = look(0);
    weigh(present);
    Explanation explanation{label, {}};
    for (std::size_t m = 0; m < seats_.size(); ++m) {
      if (shares_[m] == 0) continue;
      for (Evidence& one : seats_[m].worker().explain(item, label, kOfAMember).evidence) {
        one.weight *= shares_[m];
        explanation.evidence.push_back(std::move(one));
      }
    }
    merge_evidence(explanation.evidence, limit);
    return explanation;
  }

 private:
  // Fills known_ and answers with the item's case.
  Present look(std::size_t item) {
    for (std::size_t m = 0; m < seats_.size(); ++m) known_[m] = seats_[m].known(item) ? 1 : 0;
    return present_parts(model_.pictures(), known_);
  }

  // Fills shares_; zeros where no member knows anything.
  void weigh(Present present) {
    shares_.assign(seats_.size(), 1);
    if (!model_.is_concat()) std::ranges::copy(model_.of(present).weights, shares_.begin());
    mixture_shares(known_, shares_);
  }

  bool answer(std::size_t item, std::span<float> out) {
    const Present present = look(item);
    if (std::ranges::find(known_, 1) == known_.end()) {
      std::ranges::copy(model_.prior(), out.begin());
      return false;
    }
    z_.assign(kernels::padded(out.size()), 0);
    const std::span<float> z = std::span(z_).first(out.size());
    if (model_.is_concat()) {
      score_dense(item, present, z);
    } else {
      for (std::size_t m = 0; m < seats_.size(); ++m) spans_[m] = seats_[m].probabilities(item);
      weigh(present);
      mix(shares_, spans_, z);
      to_scores(model_.card().kind, z);
    }
    apply(model_.of(present).calibration, model_.card().kind, z_);
    std::ranges::copy(z, out.begin());
    return true;
  }

  void score_dense(std::size_t item, Present present, std::span<float> z) {
    row_.clear();
    for (std::size_t m = 0, column = 0; m < seats_.size(); column += model_.width(m), ++m) {
      if (has_member(present, model_.pictures()[m] != 0)) add_columns(item, m, column);
    }
    gemm(1, z.size(), row_.size(), {row_.data(), row_.size()},
         {model_.of(present).dense.data(), row_.size(), Transpose::kYes}, 0, z.data(), z.size());
  }

  // A member that knows nothing has the mean.
  void add_columns(std::size_t item, std::size_t member, std::size_t column) {
    const std::size_t begin = row_.size(), width = model_.width(member);
    row_.resize(begin + width);
    if (known_[member] == 0) return;
    const std::span<float> own = std::span(row_).subspan(begin);
    const std::span<const float> features = seats_[member].worker().features_of(item);
    if (features.empty()) {
      std::ranges::copy(seats_[member].probabilities(item), own.begin());
      to_scores(model_.card().kind, own);
    } else {
      std::ranges::copy(features, own.begin());
    }
    const FusionColumns& columns = model_.columns();
    for (std::size_t d = 0; d < width; ++d) own[d] = (own[d] - columns.mean[column + d]) * columns.scale[member];
  }

  const FusionModel& model_;
  std::vector<MemberSeat> seats_;
  std::vector<std::uint8_t> known_;  // [members], of the item at hand
  std::vector<float> shares_;        // [members], of that item
  std::vector<std::span<const float>> spans_;
  std::vector<float> z_, row_;
  mutable std::vector<MemberAnswer> answers_;  // what members_of() gave last
};

std::unique_ptr<Worker> FusionModel::new_worker() const {
  return std::make_unique<FusionWorker>(*this);
}

}  // namespace

void write_fusion_model(const FusionParts& parts, const std::filesystem::path& path) {
  FusedFile file{parts.card.model, fusion_card_to_json(parts), {}, parts.members};
  file.sections.add("prior", std::span<const float>(parts.prior));
  std::vector<float> standard = parts.columns.mean;
  standard.insert(standard.end(), parts.columns.scale.begin(), parts.columns.scale.end());
  if (parts.card.model == kConcatKind) file.sections.add("standard", std::span<const float>(standard));
  std::vector<std::vector<float>> cases;
  for (const FusionCase& one : parts.cases) {
    std::vector<float>& values = cases.emplace_back(one.weights);
    for (const auto& more : {one.dense, one.calibration.slope, one.calibration.offset})
      values.insert(values.end(), more.begin(), more.end());
  }
  for (std::size_t c = 0; c < cases.size(); ++c)
    file.sections.add(section_of_case(c), std::span<const float>(cases[c]));
  write_fused_file(file, path);
}

std::shared_ptr<const Classifier> open_fusion_model(Archive archive, EncoderSource& encoders, std::size_t depth) {
  FusionParts parts = fusion_card_from_json(archive.section(kCardSection));
  return std::make_shared<FusionModel>(std::move(parts), std::move(archive), encoders, depth);
}

}  // namespace aisle
