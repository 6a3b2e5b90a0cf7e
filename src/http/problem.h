// Errors as RFC 9457 problem documents: the one place where our errors become HTTP.
#pragma once

#include <exception>

#include "core/error.h"
#include "http/message.h"

namespace aisle::http {

// Fills `response` with {"type","title","status","detail","code","context","request_id"}. Nothing of what was in it
// stays.
void write_problem(const Error& error, std::string_view request_id, Response& response);

// The Error in `failure`; what is none becomes kInternal, whose text tells the client nothing of our inside.
Error as_error(const std::exception_ptr& failure);

std::string_view reason_phrase(int status);

}  // namespace aisle::http
