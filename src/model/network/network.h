// An architecture as data: a list of named operations in an order in which they can be computed, without weights and
// without an engine. A NetworkBuilder makes one, a line an operation; shapes are checked on the way, and a Network that
// exists is right. Immutable; shared between threads.
//
//   NetworkBuilder b("tiny");
//   Value x = b.picture("pixels", 3, 32, 32);
//   x = b.activation("relu", b.batch_norm("bn1", b.conv("conv1", x, {.out = 16, .kernel = {3, 3}})),
//   op::Function::kRelu); Network network = std::move(b).build({{"features", b.global_avg_pool("pool", x)}});
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/network/operation.h"

namespace aisle::network {

struct Output {
  std::string name;  // "features", "tokens", "logits"
  std::size_t operation = 0;
};

class Network {
 public:
  const std::string& name() const { return name_; }
  const std::vector<Operation>& operations() const { return operations_; }
  const std::vector<Output>& outputs() const { return outputs_; }

  // The operation that computes the output. kNotFound, with the names that there are.
  std::size_t output(std::string_view name) const;
  // The single input: Ids, Picture or Dense, always operation 0.
  const Operation& input() const { return operations_.front(); }
  // Of the operation's inputs.
  std::vector<Shape> input_shapes(const Operation& operation) const;

  std::vector<Parameter> parameters() const;
  std::size_t parameter_count() const;                          // numbers that training fits, not tensors
  std::uint64_t multiply_adds(std::uint64_t tokens = 1) const;  // for one item
  // How many tokens a text may have: what the position embeddings cover; nothing where there is no limit.
  std::optional<std::size_t> max_tokens() const;
  // How many token ids all its embeddings have a row for; 0 where it reads no ids.
  std::size_t vocabulary() const;

 private:
  friend class NetworkBuilder;
  Network() = default;
  std::string name_;
  std::vector<Operation> operations_;
  std::vector<Output> outputs_;
};

// A result within a NetworkBuilder.
struct Value {
  std::size_t operation = 0;
};

// Every method throws kInvalidArgument, with the operation in the context, where shapes do not fit, a name is there
// twice, or a size passes limits.h. The first operation is the input.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(std::string name);

  Value ids(std::string name) { return append(std::move(name), op::Ids{}, {}); }
  Value picture(std::string name, std::int64_t channels, std::int64_t height, std::int64_t width);
  Value dense(std::string name, std::int64_t width) { return append(std::move(name), op::Dense{width}, {}); }

  Value embedding(std::string name, Value ids, op::Embedding how) { return append(std::move(name), how, {ids}); }
  Value attention(std::string name, Value query, Value key, Value value, std::int64_t heads);
  Value conv1d(std::string name, Value x, op::Conv1d how) { return append(std::move(name), how, {x}); }
  Value gru(std::string name, Value x, op::Gru how) { return append(std::move(name), how, {x}); }
  Value over_tokens(std::string name, Value x, op::Over over);

  Value linear(std::string name, Value x, std::int64_t out, bool bias = true);
  Value layer_norm(std::string name, Value x, double epsilon);
  Value softmax(std::string name, Value x) { return append(std::move(name), op::Softmax{}, {x}); }

  Value conv(std::string name, Value x, op::Conv2d how) { return append(std::move(name), how, {x}); }
  Value batch_norm(std::string name, Value x, double epsilon = 1e-5);
  Value pool(std::string name, Value x, op::Pool how) { return append(std::move(name), how, {x}); }
  Value global_avg_pool(std::string name, Value x) { return append(std::move(name), op::GlobalAvgPool{}, {x}); }
  Value flatten(std::string name, Value x) { return append(std::move(name), op::Flatten{}, {x}); }

  Value activation(std::string name, Value x, op::Function function);
  Value add(std::string name, Value a, Value b) { return append(std::move(name), op::Add{}, {a, b}); }
  Value concat(std::string name, const std::vector<Value>& parts);
  Value dropout(std::string name, Value x, double share);

  const Shape& shape(Value value) const { return network_.operations_.at(value.operation).shape; }
  // Ends the building.
  Network build(const std::map<std::string, Value>& outputs);

 private:
  Value append(std::string name, Attributes attributes, std::vector<Value> inputs);

  Network network_;
  std::unordered_set<std::string> names_;
};

}  // namespace aisle::network
