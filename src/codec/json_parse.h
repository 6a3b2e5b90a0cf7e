// Parses JSON from outside within bounds, so that no body or file can cost more than it should.
#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "domain/limits.h"

namespace aisle {

struct JsonLimits {
  std::size_t max_bytes = limits::kRowBytes;
  std::size_t max_depth = limits::kJsonDepth;  // of objects and lists in each other; `1` has 0, `[1]` has 1
};

// RFC 8259, all of `text`. Throws kTooLarge over max_bytes, else kInvalidArgument, with the byte (1-based) where that
// is known: bad syntax, too deep, a key twice in one object, bytes that are not UTF-8, numbers out of range.
nlohmann::json parse_json(std::string_view text, const JsonLimits& bounds = {});

}  // namespace aisle
