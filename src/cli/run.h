// The command line: parses, calls a verb of workflow, prints. It decides nothing, and what it starts is handed to it.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "core/progress.h"
#include "workflow/context.h"

namespace aisle {

struct ServeRequest {
  std::optional<std::string> host;  // not given: the configuration's
  std::optional<std::uint16_t> port;
  std::size_t threads = 0;
};

struct CliHooks {
  std::function<void(Context&, const ServeRequest&)> serve;
  const CancelToken& cancel;  // set by SIGINT and SIGTERM
};

// Runs one command line and returns the exit status of CONTRACT: 0 done, 1 failed, 2 wrong usage, 3 done with rejected
// rows, 4 promotion refused. Answers go to `out`, messages and progress to standard error.
int run_command_line(int argc, const char* const* argv, std::ostream& out, const CliHooks& hooks);

}  // namespace aisle
