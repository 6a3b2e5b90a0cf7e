#include "model/onnx/graph_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aisle::onnx {

std::string GraphBuilder::input(ValueInfo info) {
  graph_.inputs.push_back(std::move(info));
  return graph_.inputs.back().name;
}

std::string GraphBuilder::node(std::string_view type, std::vector<std::string> inputs, NamedAttributes attributes) {
  return node(type, std::move(inputs), std::move(attributes), {true}).front();
}

std::vector<std::string> GraphBuilder::node(std::string_view type, std::vector<std::string> inputs,
                                            NamedAttributes attributes, const std::vector<bool>& wanted) {
  const std::string name = unique(fmt::format("{}/{}", scope_, type));
  std::vector<std::string> outputs;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    outputs.push_back(!wanted[i] ? "" : wanted.size() == 1 ? name : fmt::format("{}:{}", name, i));
  graph_.nodes.push_back({std::string(type), name, std::move(inputs), outputs, std::move(attributes)});
  return outputs;
}

void GraphBuilder::output(const std::string& value, ValueInfo info) {
  graph_.nodes.push_back({"Identity", "output/" + info.name, {value}, {info.name}, {}});
  graph_.outputs.push_back(std::move(info));
}

std::string GraphBuilder::weight(const std::string& name, std::vector<std::int64_t> dims,
                                 std::function<std::vector<float>()> values) {
  return add({name, std::move(dims), std::move(values)});
}

std::string GraphBuilder::numbers(const std::vector<std::int64_t>& values) {
  return add({fmt::format("numbers/{}", fmt::join(values, ",")), {static_cast<std::int64_t>(values.size())}, values});
}

std::string GraphBuilder::number(std::int64_t value) {
  return add({fmt::format("number/{}", value), {}, std::vector{value}});
}

std::string GraphBuilder::number(float value) {
  return add({fmt::format("float/{}", value), {}, [value] { return std::vector{value}; }});
}

std::string GraphBuilder::add(Initializer initializer) {
  const std::string name = initializer.name;
  if (names_.insert(name).second) graph_.initializers.push_back(std::move(initializer));
  return name;
}

std::string GraphBuilder::unique(const std::string& name) {
  const int use = ++uses_[name];
  return use == 1 ? name : fmt::format("{}_{}", name, use);
}

}  // namespace aisle::onnx
