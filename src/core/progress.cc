#include "core/progress.h"

#include "core/error.h"

namespace aisle {

void CancelToken::check() const {
  if (cancelled()) throw Error(ErrorCode::kCancelled, "cancelled on request; what was finished before is kept");
}

}  // namespace aisle
