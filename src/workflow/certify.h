// Proposals become certified or rejected; only certified items train.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "workflow/context.h"

namespace aisle {

struct CertifyResult {
  std::int64_t changed = 0;
  ItemCounts counts;  // afterwards
};

// All or nothing: an unknown id is kNotFound and changes none.
CertifyResult set_state_of(Context& context, const Task& task, std::span<const std::string> ids, ItemState state);

// Every proposal at once.
CertifyResult set_state_of_proposals(Context& context, const Task& task, ItemState state);

}  // namespace aisle
