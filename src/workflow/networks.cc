#include "workflow/networks.h"

#include <fmt/format.h>

#include "core/error.h"
#include "domain/backbone.h"
#include "domain/limits.h"
#include "model/network/architectures.h"

namespace aisle {
namespace {

constexpr std::int64_t kUsualClasses = 1000;
constexpr std::int64_t kUsualTokens = 128;

void check_range(const char* option, std::int64_t value, std::int64_t least, std::size_t most) {
  if (value >= least && value <= static_cast<std::int64_t>(most)) return;
  throw Error(ErrorCode::kInvalidArgument, fmt::format("{} is {}; it must be in [{}, {}]", option, value, least, most));
}

NetworkRow row_of(const network::Network& network, const network::Operation& operation, std::uint64_t tokens) {
  NetworkRow row{.operation = operation.name,
                 .kind = std::string(network::kind_name(operation.attributes)),
                 .shape = network::shape_text(operation.shape)};
  row.parameters = network::learned_count(operation);
  row.multiply_adds = network::multiply_adds(operation, network.input_shapes(operation), tokens);
  return row;
}

}  // namespace

NetworkTable describe_network(std::string_view name, std::int64_t classes, std::int64_t tokens) {
  check_range("--classes", classes, 0, limits::kLabelsPerTask);
  check_range("--tokens", tokens, 1, limits::kMaxTokens);
  const network::Architecture& architecture = network::find_architecture(name);
  const network::Network network = architecture.build(classes);
  NetworkTable table{.name = std::string(architecture.name), .about = std::string(architecture.about)};
  for (const network::Operation& operation : network.operations())
    table.rows.push_back(row_of(network, operation, static_cast<std::uint64_t>(tokens)));
  for (const network::Output& output : network.outputs())
    table.outputs.emplace_back(output.name, network.operations()[output.operation].name);
  table.parameters = network.parameter_count();
  table.multiply_adds = network.multiply_adds(static_cast<std::uint64_t>(tokens));
  return table;
}

std::vector<NetworkTable> list_networks() {
  std::vector<NetworkTable> tables;
  for (const network::Architecture& architecture : network::architectures()) {
    tables.push_back(describe_network(architecture.name, kUsualClasses, kUsualTokens));
    tables.back().rows.clear();
  }
  return tables;
}

}  // namespace aisle
