// One serving thread's own state: its view of the table and one Worker per model, with the scratch memory, so that a
// prediction takes no lock and allocates nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "serve/predictor.h"

namespace aisle {

// Belongs to one thread. What it returns stays valid until its next call.
class PredictSession {
 public:
  explicit PredictSession(Predictor& predictor);
  ~PredictSession();

  // Drops what is no longer served. Called now and then where no request comes, so that old models are freed.
  void refresh();

  const ServedTable& table();
  // An empty version means production. Null: the version is to be opened first, by Predictor::open_other. kNotFound;
  // kFailedPrecondition (no model yet); kOverloaded (not to be opened now).
  std::shared_ptr<const ServedModel> select(std::string_view task, std::string_view version);

  // Of a dear model what costs little, as the first stage of a cascade does; null where the item wants the queue.
  const Prediction* answer_at_once(const std::shared_ptr<const ServedModel>& model, const ItemView& item,
                                   std::size_t top_k);
  const Prediction& predict(const std::shared_ptr<const ServedModel>& model, const ItemView& item, std::size_t top_k);
  // The words for the first label of the last prediction.
  const Explanation& explain(const std::shared_ptr<const ServedModel>& model, const ItemView& item, std::size_t limit);

 private:
  struct Slot;
  Slot& slot_of(const std::shared_ptr<const ServedModel>& model);

  Predictor& predictor_;
  std::uint64_t generation_ = 0;
  std::shared_ptr<const ServedTable> table_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Slot>> slots_;  // by serial
  Prediction prediction_;
  Explanation explanation_;
};

}  // namespace aisle
