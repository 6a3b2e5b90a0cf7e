// An item: texts, perhaps a picture, and what is known about it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"

namespace aisle {

enum class ItemState { kProposal, kCertified, kRejected };
enum class Split { kTrain, kValidation, kTest };

struct Item {
  std::string id;                   // 1-200 bytes; unique in its task
  std::vector<std::string> texts;   // UTF-8, one for each of the task's text_fields; "" where absent
  std::string image;                // digest of the stored picture (hex), "" where none
  std::vector<std::string> labels;  // sorted, distinct; empty: not labelled; at most one for a category task
  std::string group;                // items that must not be split apart; "" where none
  Split split = Split::kTrain;
  ItemState state = ItemState::kProposal;
  std::string picture;  // the picture's file where it was read with the item, else ""; not part of what is stored
};

// What a model sees of an item; borrowed.
struct ItemView {
  std::span<const std::string> texts;  // one for each of the task's text fields
  std::string_view picture;            // a whole file (JPEG, PNG, WebP, GIF), "" where none
};

inline ItemView view(const Item& item) {
  return {item.texts, item.picture};
}

std::string_view to_string(ItemState state);
std::string_view to_string(Split split);
ItemState parse_item_state(std::string_view text);  // throws kInvalidArgument
Split parse_split(std::string_view text);           // throws kInvalidArgument

// Identity of what an item says: texts (by field), picture, labels, group. Id, split and state are not part of it.
Digest content_digest(const Item& item);

// Whether any of the texts has something to read: more than white space and control characters.
bool has_text(std::span<const std::string> texts);
// "the item is empty: give at least one of title, body"
std::string empty_item_message(std::span<const std::string> fields, bool or_picture = false);

// The id of an item that brings none: the first 32 digits of the digest of its texts and picture.
std::string derived_id(const Item& item);

// 80/10/10 by a keyed hash of the group, else of the id; independent of any seed, so an item keeps its part for ever.
Split assigned_split(std::string_view group_or_id);

// A stream of items. One reader, one thread.
class ItemSource {
 public:
  virtual ~ItemSource() = default;
  // Overwrites `item` (its buffers are reused); false at the end.
  virtual bool next(Item& item) = 0;
};

}  // namespace aisle
