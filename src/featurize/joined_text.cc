#include "featurize/joined_text.h"

#include "domain/limits.h"
#include "text/clean.h"
#include "text/unicode.h"

namespace aisle {
namespace {

constexpr CleanOptions kCleaning{.html = true, .drop_code = true, .drop_emails = true};

}  // namespace

std::string_view joined_text(const ItemView& item, JoinedTextScratch& scratch) {
  scratch.joined.clear();
  for (const std::string& field : item.texts) {
    clean(truncate_bytes(field, limits::kFieldBytes), kCleaning, scratch.plain);
    if (scratch.plain.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    if (!scratch.joined.empty()) scratch.joined += '\n';
    scratch.joined += scratch.plain;
  }
  return scratch.joined;
}

}  // namespace aisle
