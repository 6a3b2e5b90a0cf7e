#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/table.h"
#include "workflow/networks.h"

namespace aisle {
namespace {

struct NetworkOptions {
  std::string name;
  std::int64_t classes = 1000;
  std::int64_t tokens = 128;
};

void list(Session& session) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {{"network", "parameters", "multiply-adds", "about"}};
  for (const NetworkTable& network : list_networks()) {
    list.push_back({{"name", network.name},
                    {"parameters", network.parameters},
                    {"multiply_adds", network.multiply_adds},
                    {"about", network.about}});
    rows.push_back(
        {network.name, std::to_string(network.parameters), std::to_string(network.multiply_adds), network.about});
  }
  session.print({{"networks", list}},
                format_table(rows) + "\nWith 1000 classes, for one picture or a text of 128 tokens.");
}

Json to_json(const NetworkTable& network) {
  Json document = {{"name", network.name},
                   {"about", network.about},
                   {"parameters", network.parameters},
                   {"multiply_adds", network.multiply_adds},
                   {"outputs", Json::object()},
                   {"operations", Json::array()}};
  for (const auto& [name, operation] : network.outputs) document["outputs"][name] = operation;
  for (const NetworkRow& row : network.rows) {
    document["operations"].push_back({{"name", row.operation},
                                      {"operation", row.kind},
                                      {"shape", row.shape},
                                      {"parameters", row.parameters},
                                      {"multiply_adds", row.multiply_adds}});
  }
  return document;
}

void show(Session& session, const NetworkOptions& options) {
  const NetworkTable network = describe_network(options.name, options.classes, options.tokens);
  std::vector<std::vector<std::string>> rows = {{"name", "operation", "shape", "parameters", "multiply-adds"}};
  for (const NetworkRow& row : network.rows) {
    rows.push_back(
        {row.operation, row.kind, row.shape, std::to_string(row.parameters), std::to_string(row.multiply_adds)});
  }
  rows.push_back({"all", "", "", std::to_string(network.parameters), std::to_string(network.multiply_adds)});
  std::string text = format_table(rows);
  for (const auto& [name, operation] : network.outputs) text += "\n" + name + ": the result of " + operation;
  session.print(to_json(network), text);
}

}  // namespace

void add_network(Command app, Session& session) {
  Command network = app.subcommand("network", "Show the architectures of networks that this program knows");
  network.wants_subcommand();
  network.subcommand("list", "List them").runs([&session] { list(session); });
  const auto options = std::make_shared<NetworkOptions>();
  Command command = network.subcommand("show", "Show one, an operation a line, with shapes, parameters and cost");
  command.option("NAME", options->name, "As `aisle network list` names it").required();
  command.option("--classes", options->classes, "Outputs of its head; 0 shows it without").shows_default();
  command.option("--tokens", options->tokens, "Length of the text that the cost is counted for").shows_default();
  command.runs([&session, options] { show(session, *options); });
}

}  // namespace aisle
