// Labels as people read them, wherever the evaluation's page shows one.
#include <string_view>
#include <unordered_map>

#include "train/report/parts.h"

namespace aisle::report {
namespace {

class Names {
 public:
  explicit Names(std::span<const LabelInfo> labels) {
    for (const LabelInfo& label : labels) {
      if (!label.name.empty() && label.name != label.label) names_.emplace(label.label, label.name);
    }
  }
  void name(std::string& label) const {
    const auto found = names_.find(label);
    if (found == names_.end()) return;
    label += " \u00B7 ";
    label += found->second;
  }
  void name(std::vector<std::string>& labels) const {
    for (std::string& label : labels) name(label);
  }

 private:
  std::unordered_map<std::string_view, std::string_view> names_;
};

}  // namespace

Evaluation with_names(Evaluation evaluation, std::span<const LabelInfo> labels) {
  const Names names(labels);
  for (ClassMeasures& row : evaluation.per_class) names.name(row.label);
  for (ConfusionCell& cell : evaluation.confusion) {
    names.name(cell.truth);
    names.name(cell.answer);
  }
  for (Mistake& mistake : evaluation.mistakes) {
    names.name(mistake.truth);
    names.name(mistake.answer);
  }
  return evaluation;
}

}  // namespace aisle::report
