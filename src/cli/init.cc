#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/session.h"

namespace aisle {

void add_init(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("init", "Make a workspace: a folder with a configuration, three databases and the models");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "The folder; it is made when it does not exist")->required();
  command->callback([&session, folder] {
    init_workspace(*folder);
    session.print({{"workspace", *folder}},
                  "Made the workspace " + *folder +
                      "\nNext: aisle task create NAME --kind category --text title,body --workspace " + *folder);
  });
}

}  // namespace aisle
