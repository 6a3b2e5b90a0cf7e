// What production was before, read from the record of promotions. Pure.
//
// The record is replayed on a stack: "first", "promote" and "force" put a version on it, "rollback" takes the top
// off. The top is production, and the version under it is what a rollback goes to. So after promoting 1, 2 and 3,
// two rollbacks go to 2 and then to 1; and after rolling back from 3 to 2 and promoting 4, a rollback goes to 2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "domain/registry_types.h"

namespace aisle {

// promotions: newest first, as the store lists them. Nothing where production is the first there ever was.
std::optional<std::int64_t> previous_production(std::span<const Promotion> promotions);

}  // namespace aisle
