#include "domain/item.h"

#include <algorithm>

#include "core/error.h"

namespace aisle {
namespace {

// Fixed for ever: changing it would move items between training and test.
constexpr std::uint64_t kSplitKey = 0x6169736c652d3031;

void add_texts(Hasher& hasher, const Item& item) {
  for (const std::string& text : item.texts) hasher.add_framed(text);
  hasher.add_framed(item.image);
}

}  // namespace

std::string_view to_string(ItemState state) {
  switch (state) {
    case ItemState::kProposal:
      return "proposal";
    case ItemState::kCertified:
      return "certified";
    case ItemState::kRejected:
      return "rejected";
  }
  return "proposal";
}

std::string_view to_string(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      return "test";
  }
  return "train";
}

ItemState parse_item_state(std::string_view text) {
  for (const ItemState state : {ItemState::kProposal, ItemState::kCertified, ItemState::kRejected}) {
    if (text == to_string(state)) return state;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "a state is proposal, certified or rejected, not '" + std::string(text.substr(0, 80)) + "'");
}

Split parse_split(std::string_view text) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    if (text == to_string(split)) return split;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "a split is train, validation or test, not '" + std::string(text.substr(0, 80)) + "'");
}

Digest content_digest(const Item& item) {
  Hasher hasher;
  add_texts(hasher, item);
  for (const std::string& label : item.labels) hasher.add_framed(label);
  hasher.add_framed(item.group);
  return hasher.finish();
}

bool has_text(std::span<const std::string> texts) {
  return std::ranges::any_of(texts, [](const std::string& text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x20; });
  });
}

std::string empty_item_message(std::span<const std::string> fields, bool or_picture) {
  std::string message = "the item is empty: give at least one of ";
  for (const std::string& field : fields) message += (&field == fields.data() ? "" : ", ") + field;
  if (or_picture) message += ", image";
  return message;
}

std::string derived_id(const Item& item) {
  Hasher hasher;
  add_texts(hasher, item);
  return hasher.finish().hex().substr(0, 32);
}

Split assigned_split(std::string_view group_or_id) {
  const std::uint64_t part = hash64(group_or_id, kSplitKey) % 10;
  if (part == 8) return Split::kValidation;
  return part == 9 ? Split::kTest : Split::kTrain;
}

}  // namespace aisle
