#include "model/engine/plan.h"

#include <algorithm>

namespace aisle::engine {
namespace {

constexpr std::size_t kLine = 64;

// First fit among what is in use.
class Space1D {
 public:
  std::size_t take(std::size_t bytes, std::size_t until) {
    std::size_t at = 0;
    for (const Piece& piece : used_) {
      if (piece.begin >= at + bytes) break;
      at = std::max(at, piece.end);
    }
    const auto behind = std::find_if(used_.begin(), used_.end(), [&](const Piece& p) { return p.begin > at; });
    used_.insert(behind, {at, at + bytes, until});
    top_ = std::max(top_, at + bytes);
    return at;
  }
  void release_before(std::size_t node) {
    std::erase_if(used_, [&](const Piece& piece) { return piece.until < node; });
  }
  void keep_until(std::size_t offset, std::size_t until) {
    for (Piece& piece : used_) {
      if (piece.begin == offset) piece.until = std::max(piece.until, until);
    }
  }
  std::size_t top() const { return top_; }

 private:
  struct Piece {
    std::size_t begin, end;
    std::size_t until;  // the last node that reads it
  };
  std::vector<Piece> used_;
  std::size_t top_ = 0;
};

bool shares_residual(const Node& node) {
  return node.residual && std::holds_alternative<network::op::Conv2d>(node.attributes);
}

bool is_depthwise(const Lowered& lowered, std::size_t i) {
  const auto* how = std::get_if<network::op::Conv2d>(&lowered.nodes[i].attributes);
  return how != nullptr && how->groups > 1 && how->groups == lowered.nodes[lowered.nodes[i].inputs[0]].shape.dims[0];
}

// Of each node, whether all that read its value are so.
template <typename F>
std::vector<bool> read_only_by(const Lowered& lowered, F is_so) {
  std::vector<bool> all(lowered.nodes.size(), true);
  for (std::size_t i = 0; i < lowered.nodes.size(); ++i) {
    for (const std::size_t input : lowered.nodes[i].inputs) all[input] = all[input] && is_so(i);
  }
  return all;
}

}  // namespace

bool is_inner(const network::Shape& shape) {
  return shape.axis == network::Axis::kTokens || shape.dims.size() == 3;
}

Exactness find_exact(const Lowered& lowered, Precision precision) {
  namespace op = network::op;
  const std::size_t count = lowered.nodes.size();
  const auto is_conv = [&](std::size_t i) { return std::holds_alternative<op::Conv2d>(lowered.nodes[i].attributes); };
  const auto is_pool = [&](std::size_t i) { return std::holds_alternative<op::Pool>(lowered.nodes[i].attributes); };
  const std::vector<bool> ends = read_only_by(lowered, [&](std::size_t i) {
    const network::Attributes& what = lowered.nodes[i].attributes;
    return std::holds_alternative<op::GlobalAvgPool>(what) || std::holds_alternative<op::Flatten>(what);
  });
  std::vector<bool> computes(count), wide(count);
  for (std::size_t i = 1; i < count; ++i) {
    const bool in_bytes = precision == Precision::kInt8 && (is_depthwise(lowered, i) || ends[i]);
    computes[i] = is_conv(i) && (lowered.nodes[i].inputs[0] == 0 || in_bytes);
  }
  const std::vector<bool> for_exact = read_only_by(lowered, [&](std::size_t i) { return computes[i]; });
  for (std::size_t i = 1; i < count; ++i) {
    const bool stays = computes[i] || !lowered.nodes[i].activation || ends[i] || for_exact[i];
    wide[i] = is_pool(i) || (is_conv(i) && stays);
  }
  for (bool changed = true; changed;) {
    changed = false;
    const auto agree = [&](std::size_t a, std::size_t b) {
      if (wide[a] == wide[b]) return;
      wide[a] = wide[b] = false;
      changed = true;
    };
    for (std::size_t i = 1; i < count; ++i) {
      const Node& node = lowered.nodes[i];
      if (is_pool(i)) agree(i, node.inputs[0]);
      if (is_conv(i) && node.residual) agree(i, *node.residual);
      if (!std::holds_alternative<op::Concat>(node.attributes)) continue;
      for (const std::size_t input : node.inputs) agree(i, input);
    }
  }
  for (std::size_t i = 0; i < count; ++i) computes[i] = computes[i] && wide[i];
  return {std::move(wide), std::move(computes)};
}

Plan plan_memory(const Lowered& lowered, const std::vector<std::size_t>& element_bytes) {
  Plan plan;
  Space1D inner, items;
  for (std::size_t i = 0; i < lowered.nodes.size(); ++i) {
    const Node& node = lowered.nodes[i];
    Slot slot;
    slot.width = network::element_count(node.shape.dims);
    const bool is_picture = node.shape.dims.size() == 3;
    inner.release_before(i);
    if (i == 0) {
      slot.space = Space::kInput;
    } else if (shares_residual(node)) {
      slot = plan.slots[*node.residual];
      inner.keep_until(slot.offset, lowered.last_use[i]);
    } else if (is_inner(node.shape)) {
      const std::size_t bytes = slot.width * (is_picture ? element_bytes[i] : sizeof(float));
      slot.space = Space::kInner;
      slot.offset = inner.take(is_picture ? (bytes + kLine - 1) / kLine * kLine : bytes, lowered.last_use[i]);
    } else {
      slot.space = Space::kItems;
      slot.offset = items.take(slot.width * sizeof(float), lowered.nodes.size());
    }
    plan.slots.push_back(slot);
  }
  plan.inner_bytes = inner.top();
  plan.item_bytes = items.top();
  return plan;
}

}  // namespace aisle::engine
