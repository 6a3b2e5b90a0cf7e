#include "ingest/csv_scan.h"

#include <cstring>

#include "domain/limits.h"

namespace aisle {
namespace {

// One call of scan_csv.
class Scan {
 public:
  Scan(std::string_view window, bool at_end, char delimiter, CsvRecord& record)
      : window_(window), at_end_(at_end), delimiter_(delimiter), record_(record) {}

  void run() {
    record_.cells.clear();
    record_.cell_count = 0;
    record_.in_quotes = false;
    while (read_cell() && read_separator()) {
    }
  }

 private:
  // False where the record cannot go on; status and size are set.
  bool read_cell() {
    CsvSpan span;
    if (at_ < window_.size() && window_[at_] == '"') {
      if (!read_quoted(span)) return false;
    } else {
      span.begin = at_;
      while (at_ < window_.size() && window_[at_] != delimiter_ && window_[at_] != '\n' && window_[at_] != '\r') ++at_;
      span.end = at_;
    }
    if (++record_.cell_count <= limits::kColumns) record_.cells.push_back(span);
    return true;
  }

  bool read_quoted(CsvSpan& span) {
    span.begin = ++at_;
    for (;;) {
      const void* quote = std::memchr(window_.data() + at_, '"', window_.size() - at_);
      if (quote == nullptr) {
        record_.in_quotes = true;
        return stop(at_end_ ? CsvStatus::kUnclosed : CsvStatus::kNeedMore, window_.size());
      }
      const std::size_t found = static_cast<std::size_t>(static_cast<const char*>(quote) - window_.data());
      if (found + 1 < window_.size() && window_[found + 1] == '"') {
        span.doubled = true;
        at_ = found + 2;
        continue;
      }
      span.end = found;
      at_ = found + 1;
      return true;
    }
  }

  // After a cell: true where another one follows.
  bool read_separator() {
    if (at_ == window_.size()) return at_end_ ? finish(0) : stop(CsvStatus::kNeedMore, at_);
    const char c = window_[at_];
    if (c == delimiter_) {
      ++at_;
      return true;
    }
    if (c == '\n') return finish(1);
    if (c != '\r') return stop(CsvStatus::kStrayText, at_ + 1);
    if (at_ + 1 < window_.size()) return finish(window_[at_ + 1] == '\n' ? 2 : 1);
    return at_end_ ? finish(1) : stop(CsvStatus::kNeedMore, at_);
  }

  bool finish(std::size_t line_end) {
    record_.text_size = at_;
    return stop(CsvStatus::kRecord, at_ + line_end);
  }

  bool stop(CsvStatus status, std::size_t size) {
    record_.status = status;
    record_.size = size;
    return false;
  }

  std::string_view window_;
  bool at_end_;
  char delimiter_;
  CsvRecord& record_;
  std::size_t at_ = 0;
};

}  // namespace

void scan_csv(std::string_view window, bool at_end, char delimiter, CsvRecord& record) {
  Scan(window, at_end, delimiter, record).run();
}

void assign_cell(std::string_view window, const CsvSpan& span, std::string& text) {
  const std::string_view bytes = window.substr(span.begin, span.end - span.begin);
  if (!span.doubled) {
    text.assign(bytes);
    return;
  }
  text.clear();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += bytes[i];
    if (bytes[i] == '"') ++i;
  }
}

}  // namespace aisle
