#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cstdio>
#include <exception>

#include "model/onnx/library/door.h"

namespace {

using aisle::onnx::Attribute;
using aisle::onnx::Initializer;
using aisle::onnx::Model;
using aisle::onnx::Node;
using aisle::onnx::ValueInfo;

void fill(const ValueInfo& info, onnx::ValueInfoProto& out) {
  out.set_name(info.name);
  onnx::TypeProto_Tensor& type = *out.mutable_type()->mutable_tensor_type();
  type.set_elem_type(info.type == aisle::onnx::ElementType::kFloat ? onnx::TensorProto::FLOAT
                                                                   : onnx::TensorProto::INT64);
  for (const aisle::onnx::Dim& dim : info.dims) {
    onnx::TensorShapeProto_Dimension& one = *type.mutable_shape()->add_dim();
    if (const auto* name = std::get_if<std::string>(&dim)) {
      one.set_dim_param(*name);
    } else {
      one.set_dim_value(std::get<std::int64_t>(dim));
    }
  }
}

struct FillAttribute {
  onnx::AttributeProto& out;
  void operator()(std::int64_t value) const {
    out.set_type(onnx::AttributeProto::INT);
    out.set_i(value);
  }
  void operator()(float value) const {
    out.set_type(onnx::AttributeProto::FLOAT);
    out.set_f(value);
  }
  void operator()(const std::string& value) const {
    out.set_type(onnx::AttributeProto::STRING);
    out.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    out.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) out.add_ints(value);
  }
};

void fill(const Node& node, onnx::NodeProto& out) {
  out.set_op_type(node.type);
  out.set_name(node.name);
  for (const std::string& name : node.inputs) out.add_input(name);
  for (const std::string& name : node.outputs) out.add_output(name);
  for (const auto& [name, value] : node.attributes) {
    onnx::AttributeProto& attribute = *out.add_attribute();
    attribute.set_name(name);
    std::visit(FillAttribute{attribute}, value);
  }
}

template <typename T>
void set_bytes(const std::vector<T>& values, onnx::TensorProto& out) {
  out.set_raw_data(values.data(), values.size() * sizeof(T));
}

void fill(const Initializer& initializer, onnx::TensorProto& out) {
  out.set_name(initializer.name);
  for (const std::int64_t dim : initializer.dims) out.add_dims(dim);
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&initializer.values)) {
    out.set_data_type(onnx::TensorProto::INT64);
    return set_bytes(*numbers, out);
  }
  out.set_data_type(onnx::TensorProto::FLOAT);
  set_bytes(std::get<std::function<std::vector<float>()>>(initializer.values)(), out);
}

onnx::ModelProto proto_of(const Model& model) {
  onnx::ModelProto out;
  out.set_ir_version(aisle::onnx::kIrVersion);
  out.add_opset_import()->set_version(aisle::onnx::kOpset);
  out.set_producer_name("aisle");
  out.set_producer_version(model.producer_version);
  out.set_doc_string(model.about);
  for (const auto& [key, value] : model.metadata) {
    onnx::StringStringEntryProto& entry = *out.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  onnx::GraphProto& graph = *out.mutable_graph();
  graph.set_name(model.graph.name);
  for (const ValueInfo& input : model.graph.inputs) fill(input, *graph.add_input());
  for (const ValueInfo& output : model.graph.outputs) fill(output, *graph.add_output());
  for (const Node& node : model.graph.nodes) fill(node, *graph.add_node());
  for (const Initializer& initializer : model.graph.initializers) fill(initializer, *graph.add_initializer());
  return out;
}

int refuse(aisle_onnx_failure& failure, const char* reason) {
  std::snprintf(failure.reason, sizeof failure.reason, "%s", reason);
  return 1;
}

// The shapes that ONNX infers must be the ones that the outputs are said to have; they go into the file, for viewers.
void check(onnx::ModelProto& model) {
  onnx::checker::check_model(model);
  const onnx::ShapeInferenceOptions strict(true, 1, true);  // types too, every error, shapes that are computed too
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict);
}

}  // namespace

int aisle_onnx_interface() {
  return AISLE_ONNX_INTERFACE;
}

int aisle_onnx_write(const Model& model, int file, aisle_onnx_failure& failure) {
  onnx::ModelProto proto = proto_of(model);
  try {
    check(proto);
  } catch (const std::exception& error) {
    return refuse(failure, error.what());
  }
  google::protobuf::io::FileOutputStream stream(file);
  if (proto.SerializeToZeroCopyStream(&stream) && stream.Flush()) return 0;
  failure.system_error = stream.GetErrno();
  return refuse(failure, "it cannot be written");
}
