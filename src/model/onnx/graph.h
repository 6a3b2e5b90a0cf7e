// An ONNX model as plain data (https://github.com/onnx/onnx/blob/main/docs/IR.md): what the translation makes and what
// the library beside the program (library/door.h) turns into a file. Knows neither networks nor protobuf.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aisle::onnx {

inline constexpr int kOpset = 17;     // the first with layer norm in one node
inline constexpr int kIrVersion = 8;  // what opset 17 came with

enum class ElementType : std::uint8_t { kFloat, kInt64 };

using Dim = std::variant<std::int64_t, std::string>;  // a number, or the name of one that is open: "batch"

struct ValueInfo {
  std::string name;
  ElementType type = ElementType::kFloat;
  std::vector<Dim> dims;
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
using NamedAttributes = std::vector<std::pair<std::string, Attribute>>;

struct Node {
  std::string type;  // "MatMul"
  std::string name;
  std::vector<std::string> inputs, outputs;  // an input that is left out is ""
  NamedAttributes attributes;
};

// A constant or a weight, row-major. Weights are read when they are written, so that they are in memory once.
struct Initializer {
  std::string name;
  std::vector<std::int64_t> dims;  // none: one number
  std::variant<std::vector<std::int64_t>, std::function<std::vector<float>()>> values;
};

struct Graph {
  std::string name;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<Initializer> initializers;
  std::vector<Node> nodes;  // each behind what it reads
};

struct Model {
  Graph graph;
  std::string producer_version;
  std::string about;                                          // for people
  std::vector<std::pair<std::string, std::string>> metadata;  // for programs
};

}  // namespace aisle::onnx
