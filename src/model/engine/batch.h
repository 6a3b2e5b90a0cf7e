// What a run is given, seen as groups of items that are computed together: texts packed without padding, single
// pictures, or rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/engine/engine.h"
#include "model/engine/step.h"

namespace aisle::engine {

// The memory of one thread, or of a team; kept for the next group.
struct Workspace {
  Buffer inner;
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> begins;
  std::vector<Scratch> scratch;
  Buffer shared;  // Step::shared_bytes

  std::size_t size_bytes() const;
};

class Batch {
 public:
  virtual ~Batch() = default;
  virtual std::size_t items() const = 0;
  // Of the items [first, last).
  virtual std::vector<Range> groups(Range items, std::size_t threads) const = 0;
  // Puts a group's input where its frame looks.
  virtual void prepare(Range group, Workspace& workspace, Frame& frame) const = 0;
  // Rows of inner values (tokens) before the item; of all of them for items().
  virtual std::size_t rows_before(std::size_t item) const = 0;
};

class TextBatch : public Batch {
 public:
  // kInvalidArgument: an empty text, one of more than `limit` tokens, an id outside [0, vocabulary).
  TextBatch(std::span<const Text> texts, std::optional<std::size_t> limit, std::size_t vocabulary);
  std::size_t items() const override { return texts_.size(); }
  std::vector<Range> groups(Range items, std::size_t threads) const override;
  void prepare(Range group, Workspace& workspace, Frame& frame) const override;
  std::size_t rows_before(std::size_t item) const override { return begins_[item]; }

 private:
  std::span<const Text> texts_;
  std::vector<std::size_t> begins_;
};

class PictureBatch : public Batch {
 public:
  // kInvalidArgument where `pixels` are not whole pictures of `width` numbers.
  PictureBatch(std::span<const float> pixels, std::size_t width);
  std::size_t items() const override { return pixels_.size() / width_; }
  std::vector<Range> groups(Range items, std::size_t threads) const override;
  void prepare(Range group, Workspace& workspace, Frame& frame) const override;
  std::size_t rows_before(std::size_t) const override { return 0; }
  std::size_t width() const { return width_; }

 private:
  std::span<const float> pixels_;
  std::size_t width_;
};

// Rows of a batch, for networks without groups. The products read whole tiles: a wave's rows are copied to where there
// is room.
class RowBatch : public Batch {
 public:
  RowBatch(std::span<const float> rows, std::size_t width) : rows_(rows, width) {}
  std::size_t items() const override { return rows_.items(); }
  std::vector<Range> groups(Range, std::size_t) const override { return {}; }
  void prepare(Range items, Workspace& workspace, Frame& frame) const override;
  std::size_t rows_before(std::size_t) const override { return 0; }

 private:
  PictureBatch rows_;
};

}  // namespace aisle::engine
