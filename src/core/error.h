// The one exception type of Aisle, and the table that gives each code its name, its HTTP status and the
// exit status of the command line. An Error ends an operation; what is expected (a row that does not
// validate, say) is a return value instead.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/printable.h"

namespace aisle {

enum class ErrorCode {
  kInvalidArgument,     // the caller's value is wrong
  kUsage,               // the command line itself is wrong
  kNotFound,            // the named thing does not exist
  kAlreadyExists,       // the named thing exists
  kFailedPrecondition,  // right in itself, but not in the present state
  kRejectedRows,        // done, but some rows were refused
  kPromotionRefused,    // the candidate is not better
  kCorrupt,             // stored bytes are not what they should be
  kUnsupported,         // known, but not handled by this program
  kTooLarge,            // over a bound
  kHeadersTooLarge,     // HTTP headers over their bound
  kMethodNotAllowed,    // the HTTP route exists under another method
  kUnsupportedMedia,    // the HTTP body's type is not read here
  kTimeout,             // took longer than allowed
  kOverloaded,          // try again later
  kCancelled,           // a person or a signal asked to stop
  kIo,                  // the operating system refused
  kInternal,            // our bug
};

struct ErrorTraits {
  std::string_view name;  // as in JSON: "invalid_argument"
  int http_status;
  int exit_status;
};

const ErrorTraits& error_traits(ErrorCode code);

// Where and what, in the order to be shown: {"file", "items.csv"}, {"row", "12"}, {"column", "title"}.
using ErrorContext = std::vector<std::pair<std::string, std::string>>;

class Error : public std::runtime_error {
 public:
  // What the message quotes may come from a broken file: it is made printable.
  Error(ErrorCode code, const std::string& message, ErrorContext context = {})
      : std::runtime_error(printable(message)), code_(code), context_(std::move(context)) {}

  ErrorCode code() const { return code_; }
  const ErrorContext& context() const { return context_; }

  // The same error with one more place named; inner places stay first.
  Error with(std::string key, std::string value) const;

 private:
  ErrorCode code_;
  ErrorContext context_;
};

// "message (file items.csv, row 12)".
std::string describe(const Error& error);

// Error{kIo} with errno's text: "cannot open x: No such file or directory".
Error errno_error(const std::string& what, const std::string& path);

}  // namespace aisle
