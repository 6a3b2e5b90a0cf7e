#include "model/linear/linear_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "featurize/featurizer.h"
#include "model/card_json.h"
#include "model/linear/kernels.h"

namespace aisle {
namespace {

class LinearModel final : public Classifier {
 public:
  LinearModel(LinearCard card, Archive archive)
      : card_(std::move(card)),
        archive_(std::move(archive)),
        stride_(kernels::padded(classes())),
        featurizer_(
            card_.ngrams,
            BucketIndex(archive_.values<std::uint64_t>("index", BucketIndex::words_for(card_.ngrams.hash_bits))),
            archive_.values<float>("idf", card_.rows)),
        scale_(archive_.values<float>("scale", card_.rows)),
        weights_(archive_.values<std::int8_t>("weights", card_.rows * stride_)) {
    const std::span<const float> all = archive_.values<float>("classes", 3 * classes());
    const std::span<const float> slope = all.first(classes()), offset = all.subspan(classes(), classes());
    card_.calibration.slope.assign(slope.begin(), slope.end());
    card_.calibration.offset.assign(offset.begin(), offset.end());
    prior_ = all.subspan(2 * classes(), classes());
    const auto is_probability = [](float value) { return value >= 0 && value <= 1; };
    if (!std::ranges::all_of(prior_, is_probability))
      throw Error(ErrorCode::kCorrupt, "the model file's priors are no probabilities");
  }

  const ModelCard& card() const override { return card_.model; }
  std::unique_ptr<Worker> new_worker() const override;

  std::size_t classes() const { return card_.model.labels.size(); }
  std::size_t stride() const { return stride_; }
  const Featurizer& featurizer() const { return featurizer_; }
  std::span<const float> prior() const { return prior_; }
  const Calibration& calibration() const { return card_.calibration; }

  // Sums of the features' weights, which are scaled on the way. z: [stride].
  void score(std::span<Feature> features, std::span<float> z) const {
    for (const Feature& feature : features) {
      __builtin_prefetch(&scale_[feature.row]);
      __builtin_prefetch(&weights_[feature.row * stride_]);
    }
    for (Feature& feature : features) feature.weight *= scale_[feature.row];
    std::ranges::fill(z, 0.0F);
    kernels::accumulate(features, weights_.data(), stride_, z.data());
  }

  // What a feature adds to the label's logit; for a category beyond what it adds to all of them.
  double contribution(const Feature& feature, std::uint32_t label) const {
    const std::int8_t* row = &weights_[feature.row * stride_];
    const std::vector<float>& slope = card_.calibration.slope;
    double common = 0;
    if (card_.model.kind == TaskKind::kCategory) {
      for (std::size_t k = 0; k < classes(); ++k) common += slope[k] * row[k];
      common /= static_cast<double>(classes());
    }
    return static_cast<double>(feature.weight) * scale_[feature.row] * (slope[label] * row[label] - common);
  }

 private:
  LinearCard card_;
  Archive archive_;
  std::size_t stride_;
  Featurizer featurizer_;
  std::span<const float> scale_;
  std::span<const std::int8_t> weights_;
  std::span<const float> prior_;
};

class LinearWorker final : public Worker {
 public:
  explicit LinearWorker(const LinearModel& model) : model_(model), z_(model.stride()) {}

  bool probabilities(const ItemView& item, std::span<float> out) override {
    model_.featurizer().featurize(item, scratch_, features_);
    if (features_.empty()) {
      std::ranges::copy(model_.prior(), out.begin());
      return false;
    }
    model_.score(features_, z_);
    apply(model_.calibration(), model_.card().kind, z_);
    std::copy_n(z_.begin(), model_.classes(), out.begin());
    return true;
  }

  Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override;

 private:
  const LinearModel& model_;
  NgramScratch scratch_;
  std::vector<Feature> features_;
  std::vector<float> z_;
};

std::unique_ptr<Worker> LinearModel::new_worker() const {
  return std::make_unique<LinearWorker>(*this);
}

// The words as they stand in the text, white space made single.
std::string readable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

// n-grams of characters come behind the word that they are part of: the extractor visits a word, the words that end
// with it, then its characters.
class WordTracker {
 public:
  // The word that the n-gram is a part of; words as they are.
  std::string_view readable_part(const NgramSpan& span) {
    if (span.field != field_) word_ = {};
    field_ = span.field;
    const char *begin = span.text.data(), *end = begin + span.text.size(), *word_end = word_.data() + word_.size();
    if (begin >= word_.data() && end <= word_end) return word_;
    if (begin < word_.data() && end == word_end) return span.text;
    return word_ = span.text;
  }

 private:
  std::uint32_t field_ = 0;
  std::string_view word_;
};

Explanation LinearWorker::explain(const ItemView& item, std::uint32_t label, std::size_t limit) {
  Explanation explanation{label, {}};
  if (label >= model_.classes())
    throw Error(ErrorCode::kInvalidArgument, "the model has no label number " + std::to_string(label));
  model_.featurizer().featurize(item, scratch_, features_);
  std::map<std::uint32_t, double> weights;  // by row; taken out when its first place is found
  for (const Feature& feature : features_) weights[feature.row] = model_.contribution(feature, label);
  // A word is a feature of its field and one of all fields, and its characters are features too; people read it once,
  // with what all of them add.
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> places;
  WordTracker words;
  model_.featurizer().extractor().visit(item, scratch_.prepare, [&](const NgramSpan& span) {
    const std::string_view text = words.readable_part(span);
    const auto found = weights.find(model_.featurizer().row(span.bucket));
    if (found == weights.end()) return;
    const auto [place, is_new] = places.try_emplace({span.field, readable(text)}, explanation.evidence.size());
    if (is_new) {
      const std::vector<std::string>& fields = model_.card().text_fields;
      const std::string field = span.field < fields.size() ? fields[span.field] : std::string();
      explanation.evidence.push_back({field, place->first.second, 0});
    }
    explanation.evidence[place->second].weight += found->second;
    weights.erase(found);
  });
  std::ranges::stable_sort(explanation.evidence, [](const Evidence& a, const Evidence& b) {
    return std::abs(a.weight) > std::abs(b.weight);
  });
  if (explanation.evidence.size() > limit) explanation.evidence.resize(limit);
  return explanation;
}

}  // namespace

void write_linear_model(const LinearParts& parts, const std::filesystem::path& path) {
  const std::string card = to_json(parts.card);
  const Calibration& calibration = parts.card.calibration;
  std::vector<float> classes = calibration.slope;
  classes.insert(classes.end(), calibration.offset.begin(), calibration.offset.end());
  classes.insert(classes.end(), parts.prior.begin(), parts.prior.end());
  ArchiveWriter writer;
  writer.add(kKindSection, std::as_bytes(std::span(kLinearKind)));
  writer.add(kCardSection, std::as_bytes(std::span(card)));
  writer.add("classes", std::span<const float>(classes));
  writer.add("index", std::span<const std::uint64_t>(parts.index));
  writer.add("idf", std::span<const float>(parts.idf));
  writer.add("scale", std::span<const float>(parts.scale));
  writer.add("weights", std::span<const std::int8_t>(parts.weights));
  writer.write(path);
}

std::shared_ptr<const Classifier> open_linear_model(Archive archive) {
  LinearCard card = linear_card_from_json(archive.section(kCardSection));
  return std::make_shared<LinearModel>(std::move(card), std::move(archive));
}

}  // namespace aisle
