#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"

namespace aisle {

void add_init(Command app, Session& session) {
  Command command =
      app.subcommand("init", "Make a workspace: a folder with a configuration, three databases and the models");
  auto folder = std::make_shared<std::string>();
  command.option("DIR", *folder, "The folder; it is made when it does not exist").required();
  command.runs([&session, folder] {
    init_workspace(*folder);
    session.print({{"workspace", *folder}},
                  "Made the workspace " + *folder +
                      "\nNext: aisle task create NAME --kind category --text title,body --workspace " + *folder);
  });
}

}  // namespace aisle
