// The options of every command that reads items from files: import, evaluate --data, predict --input.
#pragma once

#include "workflow/reading.h"

namespace CLI {
class App;
}

namespace aisle {

// Everything but the files themselves, which each command names in its own way.
void add_read_flags(CLI::App& command, ReadSettings& settings);

}  // namespace aisle
