// JSON bodies: what parse_json takes is what the library's own parser takes, within the bounds; it prints and reads
// back the same.
#include <nlohmann/json.hpp>

#include <string_view>

#include "codec/json_parse.h"
#include "core/error.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const nlohmann::json value = aisle::parse_json(text);
    FUZZ_CHECK(value == nlohmann::json::parse(text));
    FUZZ_CHECK(aisle::parse_json(value.dump()) == value);
  } catch (const aisle::Error& error) {
    FUZZ_CHECK(error.code() == aisle::ErrorCode::kInvalidArgument || error.code() == aisle::ErrorCode::kTooLarge);
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
