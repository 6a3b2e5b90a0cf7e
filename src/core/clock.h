// Time comes in as an argument, so that tests can set it.
#pragma once

#include <cstdint>
#include <string>

namespace aisle {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ms() const = 0;  // since 1970, UTC
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_ms() const override;
};

// Measures elapsed time; steady, so a changed wall clock does not matter.
class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;

 private:
  std::int64_t start_ns_;
};

// 1970-01-01T00:00:00.000Z
std::string format_utc(std::int64_t time_ms);

}  // namespace aisle
