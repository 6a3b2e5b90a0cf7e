#include "http/message.h"

#include <algorithm>

#include "core/error.h"

namespace aisle::http {
namespace {

constexpr std::size_t kKeptBodyBytes = 64 << 10;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Keeps small buffers for the next request and gives large ones back.
void reset_body(std::string& body) {
  if (body.capacity() > kKeptBodyBytes) {
    body = std::string();
  } else {
    body.clear();
  }
}

}  // namespace

bool decode_percent(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || high + low == 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out += c;
  }
  return true;
}

void split_target(Request& request) {
  const std::string_view target = request.target;
  const std::size_t mark = target.find('?');
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  // A slash that is written as %2F would be part of a name, and no name here has one.
  const bool hides_slash = target.substr(0, mark).find("%2F") != std::string_view::npos ||
                           target.substr(0, mark).find("%2f") != std::string_view::npos;
  if (hides_slash || !target.starts_with('/') || !decode_percent(target.substr(0, mark), false, request.path)) {
    throw Error(ErrorCode::kInvalidArgument,
                "the request's target is not a path: begin it with '/', write other characters as %XX, and use no %2F");
  }
}

bool Request::query_value(std::string_view name, std::string& value) const {
  bool found = false;
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    found = true;
    if (!decode_percent(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true, value)) {
      throw Error(ErrorCode::kInvalidArgument, "the query's value of '" + std::string(name) + "' has a broken %XX",
                  {{"parameter", std::string(name)}});
    }
  }
  return found;
}

void Request::clear() {
  method.clear();
  target.clear();
  path.clear();
  query.clear();
  content_type.clear();
  content_parameters.clear();
  request_id.clear();
  has_body = false;
  route = 0;
  parameter.clear();
  reset_body(body);
}

void Response::clear() {
  status = 200;
  content_type = {};
  cache_control = "no-store";
  headers.clear();
  reset_body(body);
  constant_body = {};
  transform.reset();
  pending.reset();
}

}  // namespace aisle::http
