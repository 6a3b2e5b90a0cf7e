#include "domain/backbone.h"

#include <algorithm>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kLongestName = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view to_string(BackboneInput input) {
  return input == BackboneInput::kText ? "text" : "picture";
}

bool BackboneManifest::has(std::string_view name) const {
  return std::ranges::find(files, name, &BackboneFile::name) != files.end();
}

const BackboneFile& BackboneManifest::file(std::string_view name) const {
  const auto found = std::ranges::find(files, name, &BackboneFile::name);
  if (found != files.end()) return *found;
  throw Error(ErrorCode::kNotFound, "the backbone has no file " + std::string(name));
}

void check_backbone_name(std::string_view name) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.'; };
  if (!name.empty() && name.size() <= kLongestName && is_letter_or_digit(name[0]) && std::ranges::all_of(name, allowed))
    return;
  throw Error(ErrorCode::kInvalidArgument, "a backbone's name has 1 to 64 of a-z, 0-9, '_', '-' and '.', and '" +
                                               std::string(name.substr(0, 80)) + "' is none");
}

}  // namespace aisle
