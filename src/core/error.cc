#include "core/error.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace aisle {

const ErrorTraits& error_traits(ErrorCode code) {
  static constexpr std::array<ErrorTraits, 18> kTraits = {{
      {"invalid_argument", 400, 1},
      {"usage", 400, 2},
      {"not_found", 404, 1},
      {"already_exists", 409, 1},
      {"failed_precondition", 409, 1},
      {"rejected_rows", 422, 3},
      {"promotion_refused", 409, 4},
      {"corrupt", 500, 1},
      {"unsupported", 400, 1},
      {"too_large", 413, 1},
      {"headers_too_large", 431, 1},
      {"method_not_allowed", 405, 1},
      {"unsupported_media_type", 415, 1},
      {"timeout", 408, 1},
      {"overloaded", 503, 1},
      {"cancelled", 499, 1},
      {"io", 500, 1},
      {"internal", 500, 1},
  }};
  return kTraits.at(static_cast<std::size_t>(code));
}

Error Error::with(std::string key, std::string value) const {
  Error copy = *this;
  copy.context_.emplace_back(std::move(key), std::move(value));
  return copy;
}

std::string describe(const Error& error) {
  std::string text = error.what();
  const char* separator = " (";
  for (const auto& [key, value] : error.context()) {
    text += separator + key + " " + printable(value);
    separator = ", ";
  }
  return error.context().empty() ? text : text + ")";
}

Error errno_error(const std::string& what, const std::string& path) {
  const int code = errno;
  return {ErrorCode::kIo, what + " " + path + ": " + std::strerror(code), {{"file", path}}};
}

}  // namespace aisle
