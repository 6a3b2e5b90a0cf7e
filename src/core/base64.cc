#include "core/base64.h"

#include <sodium.h>

namespace aisle {
namespace {

bool decode(std::string_view text, int variant, std::string& out) {
  out.resize(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), " \r\n\t",
                        &size, &end, variant) != 0)
    return false;
  out.resize(size);
  return end == text.data() + text.size();
}

}  // namespace

bool decode_base64(std::string_view text, std::string& out) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL, out) ||
         decode(text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, out);
}

}  // namespace aisle
