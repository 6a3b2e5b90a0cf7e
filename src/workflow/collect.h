// Takes away the files that nothing refers to any more: pictures of items that were replaced or removed, models of
// versions that were removed, and what an import or a training left that was killed.
#pragma once

#include "workflow/context.h"

namespace aisle {

// kOverloaded while another process stores pictures or a model; it is then for later.
CollectedBlobs collect_blobs(Context& context);

// At the end of a removal, which is done whatever becomes of this: what hinders it is a message.
void collect_after_removal(Context& context);

}  // namespace aisle
