// Reads the JSON of one item as clients send it: {"<field>": "text", ..., "image": "<base64>"}. A key that the task
// does not have is refused: a misspelt field would silently give worse answers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "domain/item.h"
#include "domain/task.h"

namespace aisle::http {

// Holds the parser's memory; one a thread.
class ItemBodyReader {
 public:
  enum class Keys {
    kFields,         // the task's fields, "image", "id"
    kFieldsAndTask,  // also "task", as POST /model/predict has it
    kRow,            // also what rows of training data carry: "label", "group", "split"
  };

  ItemBodyReader();
  ~ItemBodyReader();

  enum class Pictures {
    kPassOver,  // the model reads text alone: the picture is not decoded
    kDecode,    // into item.picture
  };

  // Fills item.texts, one for each of the task's text fields, and item.id ("" where none). Throws kInvalidArgument
  // with the field: no JSON object, unknown or repeated keys, wrong types, a NUL, deeper than limits::kJsonDepth,
  // nothing that the model reads, a picture that is not base64; kTooLarge over limits::kFieldBytes or kPictureBytes.
  void read(std::string_view json, const Task& task, Keys keys, Item& item, Pictures pictures = Pictures::kPassOver);

  // The "task" of the body, "" where it has none. Throws as read() does for what is no JSON object.
  std::string task_of(std::string_view json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle::http
