// What the server adapter asks of the application. One handler a thread; it is never called from two threads.
#pragma once

#include <cstddef>

#include "http/message.h"

namespace aisle::http {

enum class BodyKind { kNone, kWhole, kStream };

struct BodyPlan {
  BodyKind kind = BodyKind::kNone;
  std::size_t max_bytes = 0;  // of a whole body
};

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // After the head: finds the route (kept in the request) and says what body is wanted. Throws what the head alone
  // already says (kNotFound, kMethodNotAllowed, ...).
  virtual BodyPlan plan(Request& request) = 0;
  // The body is read whole; a streamed one is left to response.transform.
  virtual void answer(const Request& request, Response& response) = 0;
  // The answer left, or could not: for metrics and the access log.
  virtual void finished(const Request& request, int status, double seconds) = 0;
  // Several times a second.
  virtual void tick() = 0;
};

}  // namespace aisle::http
