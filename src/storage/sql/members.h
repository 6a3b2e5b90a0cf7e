// A snapshot's members as bytes: for each item by id, its revision and its split. Revisions of one import follow each
// other, so the zigzag difference to the one before, with two bits of split, mostly fits in one or two bytes (LEB128).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/item.h"

namespace aisle::sql {

struct Member {
  std::int64_t revision = 0;
  Split split = Split::kTrain;
  friend bool operator==(const Member&, const Member&) = default;
};

class MemberWriter {
 public:
  void add(const Member& member);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::int64_t previous_ = 0;
};

class MemberReader {
 public:
  explicit MemberReader(std::string bytes) : bytes_(std::move(bytes)) {}
  bool next(Member& member);  // false at the end; kCorrupt

 private:
  std::string bytes_;
  std::size_t position_ = 0;
  std::int64_t previous_ = 0;
};

}  // namespace aisle::sql
