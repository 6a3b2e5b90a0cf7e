// The workspace as serving sees it: tasks, their production versions, and how to open one.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "serve/model_source.h"
#include "storage/workspace.h"

namespace aisle {

// Borrows all. Thread-safe, as the stores are.
class WorkspaceModels final : public ModelSource {
 public:
  WorkspaceModels(Workspace& workspace, const Clock& clock, EncoderSource& encoders = no_encoders())
      : workspace_(workspace), clock_(clock), encoders_(encoders) {}

  std::int64_t change_counter() override;
  std::vector<ModelRef> production_models() override;
  ModelRef find_model(std::string_view task, std::string_view version) override;
  std::shared_ptr<const Classifier> open_model(const ModelRef& ref) override;

 private:
  Workspace& workspace_;
  const Clock& clock_;
  EncoderSource& encoders_;
};

// The same classifier with the names that people read for labels now, not on the day of training.
std::shared_ptr<const Classifier> with_label_names(std::shared_ptr<const Classifier> classifier,
                                                   std::span<const LabelInfo> names);

}  // namespace aisle
