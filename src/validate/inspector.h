// The part of validation that needs the item alone, and takes nearly all of the time: run it on many items at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/item.h"
#include "domain/problem.h"
#include "domain/task.h"
#include "picture/picture_library.h"
#include "text/language.h"
#include "text/personal_data.h"
#include "validate/fingerprint.h"

namespace aisle {

struct InspectOptions {
  bool mask_personal_data = true;
  std::string phone_region = "FR";
  std::vector<PersonalDataPattern> patterns;
  // Code points of an item's texts together; outside is a warning.
  std::size_t min_code_points = 3;
  std::size_t max_code_points = 50'000;
};

// What was found. The problems lack file and row, which Validator::admit adds.
struct Inspection {
  std::vector<Problem> problems;
  bool rejected = false;  // then nothing below is set
  Fingerprint print;
  Digest content;  // of the item as it is now, masked
  Language language;
  std::size_t code_points = 0;
};

// Immutable: any thread may call inspect.
class Inspector {
 public:
  // Throws kInvalidArgument for a bad region or pattern.
  Inspector(const Task& task, const InspectOptions& options);

  // Encoding, control bytes, emptiness, size and picture (rejected); length and personal data (warnings), which is
  // masked in item.texts. `picture`: the picture file's bytes, where there are any. About 40 microseconds for a text
  // of 500 bytes, 30 of them for its language. Throws kUnsupported where a picture comes and the picture library is
  // missing.
  Inspection inspect(Item& item, std::string_view picture = {}) const;

 private:
  void check_encoding(const Item& item, Inspection& found) const;
  void check_text(const std::string& column, std::string_view text, Inspection& found) const;
  void check_picture(std::string_view picture, Inspection& found) const;
  void mask(Item& item, Inspection& found) const;
  void measure(const Item& item, Inspection& found) const;

  std::vector<std::string> fields_;
  std::string image_field_;
  InspectOptions options_;
  PersonalDataMasker masker_;
  PictureLibrary pictures_;
};

}  // namespace aisle
