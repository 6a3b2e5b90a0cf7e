// Joins workspace, predictor, metrics and server.
#pragma once

#include "cli/run.h"

namespace aisle {

// Serves until context.cancel is set. Says on standard error where it listens.
void serve_workspace(Context& context, const ServeRequest& request);

}  // namespace aisle
