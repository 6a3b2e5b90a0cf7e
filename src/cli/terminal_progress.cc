#include "cli/terminal_progress.h"

#include <fmt/format.h>

#include <cstdint>
#include <ostream>

namespace aisle {
namespace {

constexpr double kTerminalInterval_s = 0.1;
constexpr double kLogInterval_s = 5;

std::string amount(double value, std::string_view unit) {
  if (unit == "bytes") return fmt::format("{:.1f} MB", value / 1e6);
  std::string digits = fmt::format("{:.0f}", value);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string time_left(const ProgressEvent& event, double seconds) {
  if (event.total == 0 || event.done == 0 || event.done >= event.total || seconds < 1) return "";
  const double left = seconds * static_cast<double>(event.total - event.done) / static_cast<double>(event.done);
  if (left < 100) return fmt::format("  {:.0f} s left", left);
  return fmt::format("  {:.0f} min left", left / 60);
}

}  // namespace

std::string progress_line(const ProgressEvent& event, double seconds) {
  std::string line(event.stage);
  line += "  " + amount(static_cast<double>(event.done), event.unit);
  if (event.total > 0) line += " of " + amount(static_cast<double>(event.total), event.unit);
  if (event.unit != "bytes") line += " " + std::string(event.unit);
  if (seconds > 0.5) line += "  " + amount(static_cast<double>(event.done) / seconds, event.unit) + "/s";
  line += time_left(event, seconds);
  if (!event.detail.empty()) line += "  " + std::string(event.detail);
  return line;
}

TerminalProgress::TerminalProgress(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}

TerminalProgress::~TerminalProgress() {
  clear_line();
}

void TerminalProgress::clear_line() {
  if (line_open_) out_ << "\r\033[K" << std::flush;
  line_open_ = false;
}

void TerminalProgress::update(const ProgressEvent& event) {
  if (event.stage != stage_) {
    stage_ = event.stage;
    stage_watch_ = Stopwatch();
    last_shown_s_ = 0;
  }
  const double now_s = stage_watch_.seconds();
  if (now_s - last_shown_s_ < (is_terminal_ ? kTerminalInterval_s : kLogInterval_s)) return;
  last_shown_s_ = now_s;
  const std::string line = progress_line(event, now_s);
  if (is_terminal_) {
    out_ << "\r\033[K" << line << std::flush;
    line_open_ = true;
  } else {
    out_ << line << std::endl;
  }
}

void TerminalProgress::message(std::string_view text) {
  clear_line();
  out_ << text << std::endl;
}

}  // namespace aisle
