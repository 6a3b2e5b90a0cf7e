// Requests and answers as handlers see them; no networking library behind them. Objects are reused from request to
// request, so that serving allocates little.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aisle::http {

struct Request {
  std::string method;              // as sent: "POST"
  std::string target;              // as sent: "/tasks/apps/predict?top=3"
  std::string path;                // decoded, without the query
  std::string query;               // not decoded
  std::string content_type;        // lower case, without parameters; empty where none was sent
  std::string content_parameters;  // what follows the type, as sent: "; boundary=x"
  std::string request_id;          // the client's when sane, else made here
  bool has_body = false;           // the head announces one
  std::size_t route = 0;           // the handler's; 0: none found (yet)
  std::string parameter;           // what stands for {task} in the route's pattern
  std::string body;                // whole; empty where it is streamed

  // The decoded value of `?name=value`; the last one wins. False where absent. Throws kInvalidArgument on bad coding.
  bool query_value(std::string_view name, std::string& value) const;
  void clear();
};

// Turns a body that comes in pieces into an answer that leaves in pieces. One thread, but for what it says of `wake`.
class BodyTransform {
 public:
  virtual ~BodyTransform() = default;
  // Before all else, where answers may come later than their part of the body: `wake` is then called, from any thread,
  // when collect() has something. Not after the destructor.
  virtual void start(std::function<void()> /*wake*/) {}
  // Reads from `bytes`, appends to `out`, and returns how much it read: less than all when `out` has grown enough for
  // now, or when it waits for answers. Is called again with the rest. A piece takes a few milliseconds at most.
  virtual std::size_t consume(std::string_view bytes, std::string& out) = 0;
  // The body is complete.
  virtual void finish(std::string& out) = 0;
  // Appends the answers that have come since.
  virtual void collect(std::string& /*out*/) {}
  // Answers are still to come.
  virtual bool waits() const { return false; }
  // The body broke off: says so to whoever reads the answer.
  virtual void fail(std::string_view code, std::string_view message, std::string& out) = 0;
};

struct Response;

// An answer that others work at: the connection waits for it and leaves the thread free. Its end means that nobody
// waits any more: what has not begun is not begun, and `wake` is not called afterwards.
class PendingAnswer {
 public:
  virtual ~PendingAnswer() = default;
  // Once. `wake` may be called from any thread, also before this returns.
  virtual void start(std::function<void()> wake) = 0;
  // After `wake`, on the request's thread. Throws what failed. May leave another pending answer in the response.
  virtual void finish(Response& response) = 0;
  // The client is gone. True: nothing was begun, and `wake` will not be called.
  virtual bool give_up() = 0;
  // The request's body is needed for finish().
  virtual bool reads_body() const { return false; }
  // Several times a second, while it is waited for.
  virtual void tick(std::chrono::steady_clock::time_point /*now*/) {}
};

struct Response {
  int status = 200;
  std::string_view content_type;  // a constant
  std::string_view cache_control = "no-store";
  std::vector<std::pair<std::string_view, std::string>> headers;  // further ones
  std::string body;
  std::string_view constant_body;            // sent instead of `body` where not empty; lives for ever
  std::unique_ptr<BodyTransform> transform;  // when set, the body is streamed through it
  std::unique_ptr<PendingAnswer> pending;    // when set, all else is not known yet

  std::string_view bytes() const { return constant_body.empty() ? std::string_view(body) : constant_body; }
  void clear();
};

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kForm = "multipart/form-data";
inline constexpr std::string_view kJsonLines = "application/jsonl";
inline constexpr std::string_view kProblem = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

// Decodes %XX (and '+' as a space in queries). False on a broken escape or a NUL.
bool decode_percent(std::string_view text, bool plus_is_space, std::string& out);

// Splits request.target into path and query; kInvalidArgument unless it is an absolute path.
void split_target(Request& request);

}  // namespace aisle::http
