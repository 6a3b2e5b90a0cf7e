#include "http/problem.h"

#include <new>

#include "codec/json_text.h"
#include "core/log.h"

namespace aisle::http {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

void write_problem(const Error& error, std::string_view request_id, Response& response) {
  const ErrorTraits& traits = error_traits(error.code());
  response.clear();
  response.status = traits.http_status;
  response.content_type = kProblem;
  if (error.code() == ErrorCode::kMethodNotAllowed) {
    for (const auto& [key, value] : error.context()) {
      if (key == "allow") response.headers.emplace_back("Allow", value);
    }
  }
  if (traits.http_status == 503) response.headers.emplace_back("Retry-After", "1");
  std::string& out = response.body;
  out = R"({"type":"about:blank","title":)";
  append_json_string(out, reason_phrase(traits.http_status));
  out += ",\"status\":";
  append_json_integer(out, traits.http_status);
  append_member(out, "detail", error.what());
  append_member(out, "code", traits.name);
  if (!error.context().empty()) {
    out += ",\"context\":{";
    for (const auto& [key, value] : error.context()) {
      if (&key != &error.context().front().first) out += ',';
      append_json_string(out, key);
      out += ':';
      append_json_string(out, value);
    }
    out += '}';
  }
  append_member(out, "request_id", request_id);
  out += '}';
}

Error as_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::kOverloaded, "the server has not enough memory for this now; try again later"};
  } catch (const std::exception& error) {
    log(LogLevel::kError, std::string("a request failed: ") + error.what());
    return {ErrorCode::kInternal, "the server failed at this request; its log says more"};
  }
}

}  // namespace aisle::http
