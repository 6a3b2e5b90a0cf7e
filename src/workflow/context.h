// What every verb of the program works with. One Context for one operation; not shared between threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/progress.h"
#include "domain/item.h"
#include "domain/task.h"
#include "model/encoder.h"
#include "storage/workspace.h"

namespace aisle {

struct Context {
  Workspace& workspace;
  const Clock& clock;
  Progress& progress;
  const CancelToken& cancel;
  std::string actor;  // who does it, as promotions and logs show it
  EncoderSource& encoders = no_encoders();
};

// kNotFound names the tasks that there are.
Task require_task(Context& context, std::string_view name);

// Appends to the log of what happened. `detail` is JSON.
void log_event(Context& context, std::string_view kind, const Task& task, const std::string& detail);

// Passes on the items of one part only.
class SplitFilter final : public ItemSource {
 public:
  SplitFilter(ItemSource& items, Split part) : items_(items), part_(part) {}
  bool next(Item& item) override;

 private:
  ItemSource& items_;
  Split part_;
};

}  // namespace aisle
