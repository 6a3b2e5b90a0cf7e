#include "model/engine/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace aisle::engine {
namespace {

// Tokens that are packed together at most, unless one text is longer: enough for the products to be fast, few enough
// for the intermediate results to stay near.
constexpr std::size_t kGroupTokens = 256;
constexpr std::size_t kLeastGroupTokens = 64;
constexpr std::size_t kTokenRoom = 16;  // frames have room for a multiple of so many: whole lines, whole tiles

std::size_t rounded(std::size_t count, std::size_t unit) {
  return (count + unit - 1) / unit * unit;
}

void check_ids(const Text& text, std::size_t vocabulary) {
  for (const std::int32_t id : text) {
    if (id < 0 || static_cast<std::size_t>(id) >= vocabulary) {
      throw Error(ErrorCode::kInvalidArgument,
                  fmt::format("the vocabulary of {} has no token {}: does the tokenizer belong to the network?",
                              vocabulary, id));
    }
  }
}

void check_length(const Text& text, std::optional<std::size_t> limit) {
  if (text.empty()) throw Error(ErrorCode::kInvalidArgument, "a text without tokens cannot be encoded");
  if (limit && text.size() > *limit) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("a text of {} tokens is too long for a network of {}: truncate it", text.size(), *limit));
  }
}

}  // namespace

std::size_t Workspace::size_bytes() const {
  std::size_t bytes = inner.size_bytes() + shared.size_bytes();
  for (const Scratch& one : scratch) bytes += one.size_bytes();
  return bytes;
}

TextBatch::TextBatch(std::span<const Text> texts, std::optional<std::size_t> limit, std::size_t vocabulary)
    : texts_(texts), begins_(1, 0) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    try {
      check_length(texts[i], limit);
      check_ids(texts[i], vocabulary);
    } catch (const Error& error) {
      throw error.with("text", std::to_string(i));
    }
    begins_.push_back(begins_.back() + texts[i].size());
  }
}

std::vector<Range> TextBatch::groups(Range items, std::size_t threads) const {
  const std::size_t total = begins_[items.end] - begins_[items.begin];
  const std::size_t most = std::clamp((total + threads - 1) / threads, kLeastGroupTokens, kGroupTokens);
  std::vector<Range> groups;
  for (std::size_t i = items.begin; i < items.end; ++i) {
    if (groups.empty() || begins_[i + 1] - begins_[groups.back().begin] > most) groups.push_back({i, i});
    groups.back().end = i + 1;
  }
  return groups;
}

void TextBatch::prepare(Range group, Workspace& workspace, Frame& frame) const {
  workspace.begins.assign(1, 0);
  workspace.ids.clear();
  for (std::size_t i = group.begin; i < group.end; ++i) {
    workspace.ids.insert(workspace.ids.end(), texts_[i].begin(), texts_[i].end());
    workspace.begins.push_back(workspace.ids.size());
  }
  frame.ids = workspace.ids;
  frame.begins = workspace.begins;
  frame.inner_rows = rounded(workspace.ids.size(), kTokenRoom);
}

PictureBatch::PictureBatch(std::span<const float> pixels, std::size_t width) : pixels_(pixels), width_(width) {
  if (pixels.size() % width != 0) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("{} numbers are no whole pictures of {}", pixels.size(), width));
  }
}

std::vector<Range> PictureBatch::groups(Range items, std::size_t) const {
  std::vector<Range> groups;
  for (std::size_t i = items.begin; i < items.end; ++i) groups.push_back({i, i + 1});
  return groups;
}

void PictureBatch::prepare(Range group, Workspace&, Frame& frame) const {
  frame.input = pixels_.data() + group.begin * width_;
}

void RowBatch::prepare(Range items, Workspace& workspace, Frame& frame) const {
  const std::size_t count = items.end - items.begin;
  rows_.prepare(items, workspace, frame);
  workspace.inner.grow(std::max<std::size_t>(1, rounded(count, kTokenRoom) * rows_.width() * sizeof(float)));
  std::memcpy(workspace.inner.as<void>(), frame.input, count * rows_.width() * sizeof(float));
  frame.input = workspace.inner.as<float>();
}

}  // namespace aisle::engine
