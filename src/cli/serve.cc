#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/session.h"

namespace aisle {

void add_serve(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("serve", "Serve predictions over HTTP until SIGTERM or SIGINT");
  const auto request = std::make_shared<ServeRequest>();
  command->add_option("--host", request->host, "Address to listen on; 127.0.0.1 unless given or configured");
  command->add_option("--port", request->port, "0 takes a free one; 8080 unless given or configured");
  command->add_option("--threads", request->threads, "0: all cores")->check(CLI::Range(0, 256));
  command->callback([&session, request] { session.hooks().serve(session.context(), *request); });
}

}  // namespace aisle
