// Makes a field ready for the tokenizer: markup and code blocks out, e-mail addresses out, letters beyond ASCII
// folded. The same code serves training and prediction. Most texts need none of it and are not copied.
#pragma once

#include <string>
#include <string_view>

namespace aisle {

// Memory that is kept between calls.
struct PrepareScratch {
  std::string plain;  // without markup and addresses; at last with words apart
  std::string folded;
};

// The prepared text lives in `text` or in `scratch`, until the next call. At most limits::kFieldBytes are read.
std::string_view prepare(std::string_view text, PrepareScratch& scratch);

}  // namespace aisle
