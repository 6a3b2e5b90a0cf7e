// What a sentence encoder reads of an item: its fields that are not empty, without markup, code blocks and addresses,
// one after the other. The same code serves training and prediction.
#pragma once

#include <string>
#include <string_view>

#include "domain/item.h"

namespace aisle {

struct JoinedTextScratch {
  std::string plain, joined;
};

// Lives in `scratch` until the next call; empty where the item has no text. At most limits::kFieldBytes of each field.
std::string_view joined_text(const ItemView& item, JoinedTextScratch& scratch);

}  // namespace aisle
