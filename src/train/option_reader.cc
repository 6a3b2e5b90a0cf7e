#include "train/option_reader.h"

#include "core/error.h"

namespace aisle {

const std::string& OptionReader::text(const std::string& key) const {
  for (const auto& [name, value] : parameters_) {
    if (name == key) return value;
  }
  for (const OptionSpec& spec : specs_) {
    if (spec.key == key) return spec.default_value;
  }
  throw Error(ErrorCode::kInternal, "no such option: " + key);
}

bool OptionReader::flag(const std::string& key) const {
  const std::string& value = text(key);
  if (value != "true" && value != "false") refuse(key, "true or false");
  return value == "true";
}

void OptionReader::refuse(const std::string& key, const std::string& wanted) const {
  throw Error(ErrorCode::kInvalidArgument, "--set " + key + "=" + text(key).substr(0, 80) + ": it wants " + wanted,
              {{"key", key}});
}

}  // namespace aisle
