#include "train/precision_loss.h"

#include "train/dense_search.h"
#include "train/linear_fit.h"

namespace aisle {
namespace {

constexpr double kC = 10;  // the middle of what search_dense tries

DenseSet part(const DenseSet& set, std::size_t first, std::size_t last) {
  DenseSet some;
  some.dimension = set.dimension;
  for (std::size_t i = first; i < last; ++i) some.add(set.row(i), set.item_labels(i));
  return some;
}

double loss_on(const DenseWeights& weights, const DenseSet& set, const DenseOptions& options) {
  return measure_held_out(score_dense(weights, set, options.threads), labels_of(set), options.classes, options.kind)
      .loss;
}

}  // namespace

double precision_loss(DenseSet exact, DenseSet narrow, std::size_t fitted, const DenseOptions& options,
                      const CancelToken& cancel) {
  const std::size_t items = exact.size();
  const FeatureScale scale = fit_scale(part(exact, 0, fitted));
  apply(scale, exact);
  apply(scale, narrow);
  const DenseWeights weights = fit_dense(part(exact, 0, fitted), kC, options, {}, cancel);
  return loss_on(weights, part(narrow, fitted, items), options) - loss_on(weights, part(exact, fitted, items), options);
}

}  // namespace aisle
