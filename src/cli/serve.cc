#include <memory>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"

namespace aisle {

void add_serve(Command app, Session& session) {
  Command command = app.subcommand("serve", "Serve predictions over HTTP until SIGTERM or SIGINT");
  const auto request = std::make_shared<ServeRequest>();
  command.option("--host", request->host, "Address to listen on; 127.0.0.1 unless given or configured");
  command.option("--port", request->port, "0 takes a free one; 8080 unless given or configured");
  command.option("--threads", request->threads, "0: all cores").between(0, 256);
  command.runs([&session, request] { session.hooks().serve(session.context(), *request); });
}

}  // namespace aisle
