// Makes steps of lowered nodes. Each file of steps offers one function that knows its nodes; engine.cc asks them in
// turn.
#pragma once

#include <memory>
#include <vector>

#include "model/engine/lower.h"
#include "model/engine/ranges.h"
#include "model/engine/step.h"
#include "model/engine/winograd.h"
#include "model/network/weights.h"

namespace aisle::engine {

struct CompileContext {
  const network::Network& network;
  const network::WeightSource& weights;
  const Lowered& lowered;
  const Plan& plan;
  Precision precision;
  std::size_t team;  // threads that may share one picture
  LinearShapes& shapes;
  WinogradShapes& winograd;
  Exactness exact;               // says nothing in f32
  std::vector<ByteScale> bytes;  // pictures in int8: of each node

  const Slot& slot(std::size_t node) const { return plan.slots[node]; }
  const network::Operation& operation(std::size_t index) const { return network.operations()[index]; }
  // One parameter of an operation; empty where it has no such.
  std::vector<float> parameter(std::size_t operation, std::size_t index) const;
};

// Null where the node is none of theirs.
std::unique_ptr<Step> make_text_step(const CompileContext& context, std::size_t node);
std::unique_ptr<Step> make_sequence_step(const CompileContext& context, std::size_t node);
std::unique_ptr<Step> make_row_step(const CompileContext& context, std::size_t node);
std::unique_ptr<Step> make_picture_step(const CompileContext& context, std::size_t node);

}  // namespace aisle::engine
