// The program's log: structured lines on standard error. Only edges (the server, job runner) log; libraries
// throw or return instead.
#pragma once

#include <string_view>

namespace aisle {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Once, at start, before other threads run.
void init_log(LogLevel level);

// Thread-safe. Never pass secrets or items' texts.
void log(LogLevel level, std::string_view message);

}  // namespace aisle
