#include "train/fusion_trainer.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/error.h"
#include "train/concat_fit.h"
#include "train/fused_members.h"
#include "train/fused_results.h"
#include "train/linear_rule.h"
#include "train/member_names.h"
#include "train/mixture_fit.h"
#include "train/option_reader.h"

namespace aisle {
namespace {

const std::array<OptionSpec, 4> kSpecs = {{
    {"members", "",
     "what is fused: KIND[:BACKBONE] or the number of a version, separated by commas (linear,sentence:minilm or 3,7); "
     "a kind is trained on this data, and MEMBER.key=value sets one of its keys"},
    {"wanted_precision", "0.9", "what sure answers are to reach"},
    {"c", "0", "concat: how weakly large weights are punished (scikit-learn's C); 0: chosen on held-out items"},
    {"max_memory_mb", "1024", "concat: what the joined features of all items may take, in megabytes"},
}};

std::span<const OptionSpec> specs_of(std::string_view kind) {
  return std::span(kSpecs).first(kind == kConcatKind ? kSpecs.size() : 2);
}

// Scores of the whole for held-out items, one case after the other.
struct CaseScores {
  std::vector<std::uint32_t> items;
  std::vector<float> scores;  // [items, K], uncalibrated
};

struct FusionOptions {
  double wanted_precision = 0, c = 0;
  std::size_t max_bytes = 0;
  std::vector<TrainedMember> members;
};

FusionOptions resolve(const TrainRequest& request, std::string_view kind) {
  const OptionReader read(request.parameters, specs_of(kind));
  const bool is_concat = kind == kConcatKind;
  FusionOptions options;
  options.wanted_precision = read.number<double>("wanted_precision", 0.01, 1);
  if (is_concat) options.c = read.number<double>("c", 0, 1e6);
  if (is_concat) options.max_bytes = read.number<std::size_t>("max_memory_mb", 16, 1 << 20) << 20;
  const std::vector<MemberName> names = parse_members(read.text("members"));
  bool has_features = false;
  for (std::size_t m = 0; m < names.size(); ++m) {
    options.members.push_back(resolve_member(request, names[m], parameters_of(names, m, request.parameters)));
    require_simple(names[m], options.members[m].kind);
    check_member(request, options.members[m]);
    has_features = has_features || stands_on_backbone(find_trainer(options.members[m].kind));
  }
  if (is_concat && !has_features) {
    throw Error(ErrorCode::kInvalidArgument,
                "concat joins features, and none of its members stands on a backbone: use --model weighted");
  }
  return options;
}

class FusionRun {
 public:
  FusionRun(const TrainRequest& request, const TrainCallbacks& callbacks, std::string_view kind)
      : request_(request),
        callbacks_(callbacks),
        kind_(kind),
        options_(resolve(request, kind)),
        members_(request, callbacks, options_.members),
        truth_(read_truth(request, callbacks)) {}

  void run() {
    members_.train(truth_);
    callbacks_.progress.update({.stage = "fusing", .unit = {}, .detail = {}});
    open();
    const HeldOutPanel panel(members_.all(), truth_.size(), classes());
    if (kind_ == kConcatKind) {
      concatenate();
    } else {
      weigh(panel);
    }
    finish(panel);
  }

 private:
  std::size_t classes() const { return truth_.labels.size(); }

  void open() {
    for (const TrainedMember& member : members_.all()) {
      opened_.push_back(open_classifier(member.archive, request_.encoders));
      check_labels(member, opened_.back()->card().labels, truth_);
      pictures_.push_back(opened_.back()->card().reads_pictures ? 1 : 0);
    }
  }

  // Places in the panel of the items that a case is fitted on: those that have all its parts.
  std::vector<std::uint32_t> rows_of(const HeldOutPanel& panel, Present present) const {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < panel.size(); ++i) {
      std::vector<std::uint8_t> known(pictures_.size());
      for (std::size_t m = 0; m < known.size(); ++m)
        known[m] = panel.known(i)[m] != 0 && has_member(present, pictures_[m] != 0);
      if (std::ranges::count(known, 1) > 0 && present_parts(pictures_, known) == present) rows.push_back(i);
    }
    return rows;
  }

  void weigh(const HeldOutPanel& panel) {
    for (std::size_t c = 0; c < count_cases(pictures_); ++c) {
      const auto present = static_cast<Present>(c);
      const std::vector<std::uint32_t> rows = rows_of(panel, present);
      std::vector<std::uint8_t> use;
      for (const std::uint8_t picture : pictures_) use.push_back(has_member(present, picture != 0) ? 1 : 0);
      FusionCase& own = parts_.cases.emplace_back();
      own.weights = fit_mixture(panel, truth_, kind_ == kAverageKind ? std::span<const std::uint32_t>() : rows, use,
                                request_.task.kind, callbacks_.cancel);
      CaseScores found;
      for (const std::uint32_t row : rows) add_scores(panel, row, present, own.weights, found);
      settle(std::move(found));
    }
  }

  void add_scores(const HeldOutPanel& panel, std::uint32_t row, Present present, std::span<const float> weights,
                  CaseScores& found) const {
    std::vector<std::span<const float>> members;
    std::vector<std::uint8_t> known;
    for (std::size_t m = 0; m < pictures_.size(); ++m) {
      members.push_back(panel.probabilities(row, m));
      known.push_back(panel.known(row)[m] != 0 && has_member(present, pictures_[m] != 0));
    }
    found.items.push_back(panel.items()[row]);
    found.scores.resize(found.scores.size() + classes());
    const std::span<float> own = std::span(found.scores).last(classes());
    std::vector<float> shares(weights.begin(), weights.end());
    mixture_shares(known, shares);
    mix(shares, members, own);
    to_scores(request_.task.kind, own);
  }

  void concatenate() {
    ConcatFit fit({request_, members_.callbacks(), truth_, members_.all(), opened_, pictures_}, options_.max_bytes,
                  options_.c);
    parts_.columns = fit.columns();
    for (std::size_t c = 0; c < count_cases(pictures_); ++c) {
      ConcatCase found = fit.fit(static_cast<Present>(c));
      FusionCase& own = parts_.cases.emplace_back();
      own.dense = std::move(found.weights.values);
      settle({std::move(found.items), std::move(found.scores)});
      for (std::size_t k = 0; k < classes(); ++k)
        own.calibration.offset[k] += own.calibration.slope[k] * found.weights.bias[k];
    }
  }

  // Calibrates the last case, and keeps what it says of its items.
  void settle(CaseScores found) {
    const TaskKind kind = request_.task.kind;
    const LinearRule rule =
        fit_linear_rule(found.scores, truth_.labels_of(found.items), classes(), kind, options_.wanted_precision);
    parts_.cases.back().calibration = {rule.slope, rule.offset, rule.top};
    calibrate(rule, kind, classes(), found.scores);
    scores_.push_back(std::move(found));
  }

  void finish(const HeldOutPanel& panel) {
    HeldOutAnswers answers = held_out_answers(panel);
    parts_.members = members_.archives();
    parts_.prior = priors(truth_, request_.task.kind);
    parts_.card = fused_card(request_, truth_, kind_, members_.all());
    parts_.card.member_weights = parts_.cases.front().weights;  // none of "concat"
    parts_.card.rule = fit_rule(answers, truth_, request_.task.kind, options_.wanted_precision);
    write_fusion_model(parts_, request_.archive);
    if (callbacks_.on_held_out) callbacks_.on_held_out(std::move(answers));
  }

  HeldOutAnswers held_out_answers(const HeldOutPanel& panel) const {
    FusedAnswers answers;
    std::vector<std::size_t> next(scores_.size(), 0);  // items of a case ascend, as the panel's do
    for (std::uint32_t i = 0; i < panel.size(); ++i) {
      const std::uint32_t item = panel.items()[i];
      if (std::ranges::find(panel.known(i), 1) == panel.known(i).end()) {
        answers.add_unknown(item);
        continue;
      }
      const auto c = static_cast<std::size_t>(present_parts(pictures_, panel.known(i)));
      const CaseScores& own = scores_[c];
      while (next[c] < own.items.size() && own.items[next[c]] < item) ++next[c];
      if (next[c] == own.items.size() || own.items[next[c]] != item) continue;
      answers.add(item, std::span(own.scores).subspan(next[c] * classes(), classes()));
    }
    return answers.take(classes());
  }

  const TrainRequest& request_;
  const TrainCallbacks& callbacks_;
  std::string_view kind_;
  FusionOptions options_;
  FusedMembers members_;
  ItemTruth truth_;
  std::vector<std::shared_ptr<const Classifier>> opened_;
  std::vector<std::uint8_t> pictures_;  // [members]
  FusionParts parts_;
  std::vector<CaseScores> scores_;  // [cases], calibrated
};

}  // namespace

std::span<const OptionSpec> FusionTrainer::options() const {
  return specs_of(kind_);
}

Parameters FusionTrainer::merge(std::span<const std::pair<std::string, std::string>> set,
                                const std::string& prefix) const {
  Parameters own;
  for (const auto& one : set) {
    if (one.first.find('.') == std::string::npos) own.push_back(one);
  }
  Parameters merged = Trainer::merge(own, prefix);
  const auto members = std::ranges::find(merged, "members", &Parameters::value_type::first);
  if (members->second.empty()) {
    throw Error(ErrorCode::kUsage, "say what is fused: --set " + prefix +
                                       "members=linear,sentence:BACKBONE,... (see `aisle train --help`)");
  }
  const Parameters of_members = merge_members(parse_members(members->second), set, prefix);
  merged.insert(merged.end(), of_members.begin(), of_members.end());
  std::ranges::sort(merged);
  return merged;
}

void FusionTrainer::check(const TrainRequest& request) const {
  resolve(request, kind_);
}

void FusionTrainer::train(const TrainRequest& request, const TrainCallbacks& callbacks) const {
  FusionRun(request, callbacks, kind_).run();
}

}  // namespace aisle
