// The options of every command that reads items from files: import, evaluate --data, predict --input.
#pragma once

#include "cli/command.h"
#include "workflow/reading.h"

namespace aisle {

// Everything but the files themselves, which each command names in its own way.
void add_read_flags(Command command, ReadSettings& settings);

}  // namespace aisle
