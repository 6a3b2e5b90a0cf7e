// The workspace's backbones as encoders: opened once, shared while anybody uses them.
#pragma once

#include <memory>
#include <string_view>

#include "core/clock.h"
#include "core/progress.h"
#include "model/encoder.h"
#include "storage/workspace.h"

namespace aisle {

class WorkspaceEncoders final : public EncoderSource {
 public:
  // Borrows all three; `progress` is told of what is not as it was asked for. Thread-safe.
  WorkspaceEncoders(Workspace& workspace, const Clock& clock, Progress& progress);
  ~WorkspaceEncoders() override;

  std::shared_ptr<const Encoder> open(std::string_view backbone, std::string_view precision) override;
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override;
  std::shared_ptr<const Encoder> calibrate(std::string_view backbone, std::span<const std::string_view> pictures,
                                           std::size_t threads) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
