// Requests and answers as handlers see them; no networking library behind them. Objects are reused from request to
// request, so that serving allocates little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aisle::http {

struct Request {
  std::string method;        // as sent: "POST"
  std::string target;        // as sent: "/tasks/apps/predict?top=3"
  std::string path;          // decoded, without the query
  std::string query;         // not decoded
  std::string content_type;  // lower case, without parameters; empty where none was sent
  std::string request_id;    // the client's when sane, else made here
  bool has_body = false;     // the head announces one
  std::size_t route = 0;     // the handler's; 0: none found (yet)
  std::string parameter;     // what stands for {task} in the route's pattern
  std::string body;          // whole; empty where it is streamed

  // The decoded value of `?name=value`; the last one wins. False where absent. Throws kInvalidArgument on bad coding.
  bool query_value(std::string_view name, std::string& value) const;
  void clear();
};

// Turns a body that comes in pieces into an answer that leaves in pieces.
class BodyTransform {
 public:
  virtual ~BodyTransform() = default;
  // Reads from `bytes`, appends to `out`, and returns how much it read: less than all when `out` has grown enough for
  // now. Is called again with the rest. A piece takes a few milliseconds at most.
  virtual std::size_t consume(std::string_view bytes, std::string& out) = 0;
  // The body is complete.
  virtual void finish(std::string& out) = 0;
  // The body broke off: says so to whoever reads the answer.
  virtual void fail(std::string_view code, std::string_view message, std::string& out) = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type;  // a constant
  std::string_view cache_control = "no-store";
  std::vector<std::pair<std::string_view, std::string>> headers;  // further ones
  std::string body;
  std::string_view constant_body;            // sent instead of `body` where not empty; lives for ever
  std::unique_ptr<BodyTransform> transform;  // when set, the body is streamed through it

  std::string_view bytes() const { return constant_body.empty() ? std::string_view(body) : constant_body; }
  void clear();
};

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kJsonLines = "application/jsonl";
inline constexpr std::string_view kProblem = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

// Decodes %XX (and '+' as a space in queries). False on a broken escape or a NUL.
bool decode_percent(std::string_view text, bool plus_is_space, std::string& out);

// Splits request.target into path and query; kInvalidArgument unless it is an absolute path.
void split_target(Request& request);

}  // namespace aisle::http
