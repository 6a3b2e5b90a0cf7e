// One case of the corpus under its bounds: a time-out that names it, processor time, and memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/error.h"

namespace aisle::abuse {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr double kMostSeconds = 6;  // sanitizers take three times as long
#else
inline constexpr double kMostSeconds = 2;
#endif

struct Bounds {
  double seconds = kMostSeconds;       // of processor time, so that a busy machine does not matter
  std::size_t peak_bytes = 192 << 20;  // over what was held at the start
  std::size_t kept_bytes = 1 << 20;    // still held at the end (caches that are made once)
};

// Runs `body` and adds test failures where it breaks a bound. A case that hangs ends the program after a minute,
// with its name on standard error.
void run_guarded(const std::string& name, const Bounds& bounds, const std::function<void()>& body);

// Adds test failures unless `error` says in words what is wrong, names `file`, and can be shown to people.
void expect_clear(const Error& error, const std::string& file);
void expect_clear_message(const std::string& message);

// Adds a ctest-visible test "suite.name".
void add_case(const std::string& suite, const std::string& name, std::function<void()> body);

// How many cases were added.
std::size_t case_count();

}  // namespace aisle::abuse
