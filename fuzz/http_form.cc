// Bodies of forms: parts lie in the body, in their order and apart; what is refused says why. The boundary is the
// input's first line.
#include <string>
#include <string_view>

#include "core/error.h"
#include "domain/limits.h"
#include "fuzz.h"
#include "http/item_form.h"
#include "http/multipart.h"

namespace {

using aisle::Error;
using aisle::ErrorCode;

void check_refusal(const Error& error) {
  FUZZ_CHECK(error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kTooLarge);
  FUZZ_CHECK(*error.what() != '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aisle::http::ItemBodyReader;
  static const aisle::Task task{1, "apps", aisle::TaskKind::kCategory, {"title", "body"}, "icon", 0};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view type = input.substr(0, input.find('\n'));
  const std::string_view body = input.substr(std::min(input.size(), type.size() + 1));
  try {
    const char* end = body.data();
    const auto parts = aisle::http::read_form(body, type);
    FUZZ_CHECK(parts.size() <= aisle::limits::kFormParts);
    for (const auto& part : parts) {
      FUZZ_CHECK(!part.name.empty());
      FUZZ_CHECK(part.content.data() >= end && part.content.data() + part.content.size() <= body.data() + body.size());
      end = part.content.data() + part.content.size();
    }
  } catch (const Error& error) {
    check_refusal(error);
  }
  try {
    aisle::Item item;
    read_item_form(body, type, task, ItemBodyReader::Keys::kFieldsAndTask, item, ItemBodyReader::Pictures::kDecode);
    FUZZ_CHECK(item.texts.size() == 2);
    FUZZ_CHECK(!item.texts[0].empty() || !item.texts[1].empty() || !item.picture.empty());
  } catch (const Error& error) {
    check_refusal(error);
  }
  return 0;
}
