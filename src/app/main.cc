// Builds the program's parts and hands them to the command line.
#include <csignal>
#include <iostream>

#include "app/serve.h"
#include "cli/run.h"
#include "core/log.h"
#include "core/progress.h"

namespace {

aisle::CancelToken cancel;

// A second signal ends the program at once.
extern "C" void on_signal(int signal) {
  cancel.cancel();
  std::signal(signal, SIG_DFL);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  aisle::init_log(aisle::LogLevel::kInfo);
  const aisle::CliHooks hooks{aisle::serve_workspace, cancel};
  return aisle::run_command_line(argc, argv, std::cout, hooks);
}
