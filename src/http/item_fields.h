// What JSON bodies and forms have in common: which keys there are, and what a value may be.
#pragma once

#include <string>
#include <string_view>

#include "domain/item.h"
#include "domain/task.h"

namespace aisle::http {

// kInvalidArgument; `field` goes to the error's context.
[[noreturn]] void refuse_body(const std::string& message, std::string_view field = {});
[[noreturn]] void refuse_unknown_field(const Task& task, std::string_view key);

bool is_image_field(const Task& task, std::string_view key);

// Clears what an item of the task has.
void begin_item(const Task& task, Item& item);
// kTooLarge over limits::kFieldBytes; kInvalidArgument for a NUL.
void take_text(std::string_view key, std::string_view text, std::string& out);
void take_id(std::string_view id, std::string& out);
// kTooLarge over limits::kPictureBytes.
void check_picture_size(std::string_view key, std::size_t bytes);
// kInvalidArgument where nothing is there that the model reads.
void check_item(const Task& task, const Item& item, bool has_image, bool reads_pictures);

}  // namespace aisle::http
