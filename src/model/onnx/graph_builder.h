// Grows a Graph node by node and gives out names: nobody who adds one has to think of any.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/onnx/graph.h"

namespace aisle::onnx {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  // Begins the names of the nodes that follow: "encoder.layer.0.attention".
  void enter(std::string scope) { scope_ = std::move(scope); }

  // Returns the name of the value.
  std::string input(ValueInfo info);
  // A node with one output. Its name is "SCOPE/TYPE", with a number behind it from the second on.
  std::string node(std::string_view type, std::vector<std::string> inputs, NamedAttributes attributes = {});
  // A node with several; the unwanted ones are "" in the result.
  std::vector<std::string> node(std::string_view type, std::vector<std::string> inputs, NamedAttributes attributes,
                                const std::vector<bool>& wanted);
  // The graph's result: `value` under the name that `info` says.
  void output(const std::string& value, ValueInfo info);

  // A name that is there already keeps its first values.
  std::string weight(const std::string& name, std::vector<std::int64_t> dims,
                     std::function<std::vector<float>()> values);
  std::string numbers(const std::vector<std::int64_t>& values);  // one dimension
  std::string number(std::int64_t value);                        // none
  std::string number(float value);

  Graph take() && { return std::move(graph_); }

 private:
  std::string add(Initializer initializer);
  std::string unique(const std::string& name);

  Graph graph_;
  std::string scope_;
  std::unordered_map<std::string, int> uses_;
  std::unordered_set<std::string> names_;  // of initializers
};

}  // namespace aisle::onnx
