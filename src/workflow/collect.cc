#include "workflow/collect.h"

#include "core/error.h"

namespace aisle {

CollectedBlobs collect_blobs(Context& context) {
  const auto collected =
      context.workspace.blobs->collect([&] { return context.workspace.training->list_blobs(); }, context.cancel);
  if (collected) return *collected;
  throw Error(ErrorCode::kOverloaded,
              "another process is storing pictures or a model; run `aisle data gc` when it has ended");
}

void collect_after_removal(Context& context) {
  try {
    collect_blobs(context);
  } catch (const Error& error) {
    context.progress.message("what was removed still takes room: " + describe(error));
  }
}

}  // namespace aisle
