#include "storage/netstring.h"

#include <charconv>

#include "core/error.h"

namespace aisle {
namespace {

[[noreturn]] void throw_corrupt() {
  throw Error(ErrorCode::kCorrupt, "a stored list of texts is damaged; restore the workspace from a backup");
}

// Takes the first part off `rest`.
std::string_view take_part(std::string_view& rest) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  if (error != std::errc() || digits >= rest.size() || *end != ':') throw_corrupt();
  rest.remove_prefix(digits + 1);
  if (size >= rest.size() || rest[size] != ',') throw_corrupt();
  const std::string_view part = rest.substr(0, size);
  rest.remove_prefix(size + 1);
  return part;
}

}  // namespace

void join_netstrings(std::span<const std::string> parts, std::string& out) {
  out.clear();
  for (const std::string& part : parts) {
    out += std::to_string(part.size());
    out += ':';
    out += part;
    out += ',';
  }
}

std::string join_netstrings(std::span<const std::string> parts) {
  std::string out;
  join_netstrings(parts, out);
  return out;
}

void split_netstrings(std::string_view text, std::vector<std::string>& parts) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (count == parts.size()) parts.emplace_back();
    parts[count++].assign(take_part(text));
  }
  parts.resize(count);
}

}  // namespace aisle
