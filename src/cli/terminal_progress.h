// Progress for a person at a terminal (one line that is rewritten) or in a log (a line every few seconds).
#pragma once

#include <iosfwd>
#include <string>

#include "core/clock.h"
#include "core/progress.h"

namespace aisle {

class TerminalProgress final : public Progress {
 public:
  TerminalProgress(std::ostream& out, bool is_terminal);
  ~TerminalProgress() override;

  void update(const ProgressEvent& event) override;
  void message(std::string_view text) override;

 private:
  void clear_line();

  std::ostream& out_;
  bool is_terminal_;
  bool line_open_ = false;
  std::string stage_;
  Stopwatch stage_watch_;
  double last_shown_s_ = 0;  // in the stage's time
};

// "reading items.csv  12,000 of 63,500 items  8,100/s  6 s left". Pure, for tests.
std::string progress_line(const ProgressEvent& event, double seconds);

}  // namespace aisle
