#include "ingest/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "domain/limits.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

// A broken record is read again from its second line. So that a hostile file cannot make that quadratic, the bytes
// read again are bounded by some rows and a multiple of the file's own size.
constexpr std::uint64_t kRescanRows = 16;
constexpr std::uint64_t kRescanFactor = 4;
constexpr std::size_t kMaxUnusedColumns = 100;

std::int64_t count_lines(std::string_view text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, std::string file, char delimiter, const ColumnPlan& plan)
    : source_(std::move(source)), file_(std::move(file)), delimiter_(delimiter) {
  // A small file needs no large window; one byte more, to see its end.
  if (source_->total_bytes() > 0)
    first_window_bytes_ = std::min<std::uint64_t>(first_window_bytes_, source_->total_bytes() + 1);
  fill(std::max<std::size_t>(first_window_bytes_, 4));
  at_ = checked_mark_size(window(), file_);
  read_header(plan);
}

void CsvReader::read_header(const ColumnPlan& plan) {
  const auto refuse = [&](const std::string& message) {
    throw Error(ErrorCode::kInvalidArgument, file_ + ": " + message, {{"file", file_}, {"row", std::to_string(line_)}});
  };
  do {
    if (!scan_next()) refuse("the file is empty; its first line has to name the columns");
    if (scan_.status != CsvStatus::kRecord)
      refuse(
          "the first line, which names the columns, is broken or too long; put quotes around names and double the "
          "quotes inside");
    header_ = window().substr(0, scan_.text_size);
    columns_.resize(std::min(scan_.cell_count, limits::kColumns));
    for (std::size_t i = 0; i < columns_.size(); ++i) assign_cell(window(), scan_.cells[i], columns_[i]);
    advance_record();
  } while (header_.empty());
  if (scan_.cell_count > limits::kColumns)
    refuse("the first line names " + std::to_string(scan_.cell_count) + " columns, at most " +
           std::to_string(limits::kColumns) + " are read");
  if (std::ranges::any_of(columns_, [](const std::string& name) { return name.size() > limits::kIdBytes; })) {
    refuse("a column's name has more than " + std::to_string(limits::kIdBytes) +
           " bytes; is the first line the one that names the columns?");
  }
  const std::string fault = text_fault(header_);
  if (!fault.empty()) refuse("in the first line, which names the columns, " + fault);
  slots_ = plan.slots_of_header(columns_, file_);
}

bool CsvReader::fill(std::size_t wanted_bytes) {
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    window_start_ += at_;
    filled_ -= at_;
    at_ = 0;
  }
  if (buffer_.size() < wanted_bytes) buffer_.resize(wanted_bytes);
  const std::size_t before = filled_;
  while (!at_end_ && filled_ < wanted_bytes) {
    const std::size_t got = source_->read({buffer_.data() + filled_, wanted_bytes - filled_});
    at_end_ = got == 0;
    filled_ += got;
  }
  return filled_ > before;
}

void CsvReader::advance(std::size_t bytes) {
  line_ += count_lines(window().substr(0, bytes));
  at_ += bytes;
}

void CsvReader::advance_record() {
  const bool old_line_end = window().substr(0, scan_.size).ends_with('\r');
  advance(scan_.size);
  if (old_line_end) ++line_;
}

std::size_t CsvReader::line_end(std::size_t from) {
  for (;;) {
    const std::size_t found = window().find('\n', from);
    if (found != std::string_view::npos) return found;
    const std::size_t have = window().size();
    if (have >= limits::kRowBytes || !fill(std::clamp(have * 2, first_window_bytes_, limits::kRowBytes))) return have;
  }
}

void CsvReader::skip_rest_of_line() {
  skipping_ = false;
  do {
    const std::size_t found = window().find('\n');
    if (found != std::string_view::npos) return advance(found + 1);
    advance(window().size());
  } while (fill(first_window_bytes_));
}

bool CsvReader::scan_next() {
  for (;;) {
    if (window().empty() && !fill(std::max(first_window_bytes_, buffer_.size()))) return false;
    scan_csv(window(), at_end_, delimiter_, scan_);
    if (scan_.status != CsvStatus::kNeedMore) return true;
    const std::size_t have = window().size();
    if (have >= limits::kRowBytes) return true;
    // Doubling keeps the work on a long record linear.
    fill(std::clamp(have * 2, first_window_bytes_, limits::kRowBytes));
  }
}

ReadStatus CsvReader::next(Record& record) {
  if (skipping_) skip_rest_of_line();
  while (scan_next()) {
    record.row = line_;
    record.raw = window().substr(0, scan_.text_size);
    if (scan_.status != CsvStatus::kRecord) return reject_broken(record);
    if (scan_.text_size == 0) {
      advance_record();
      continue;
    }
    return accept(record);
  }
  return ReadStatus::kEnd;
}

ReadStatus CsvReader::accept(Record& record) {
  const std::string_view text = window();
  advance_record();  // moves no bytes: `text` stays valid until the next fill
  if (scan_.cell_count != slots_.size()) {
    return reject(record, ProblemKind::kSchema, slots_.size(),
                  "the row has " + std::to_string(scan_.cell_count) + " cells, the header names " +
                      std::to_string(slots_.size()) + "; put quotes around a text that holds the separator");
  }
  const std::string fault = text_fault(record.raw);
  if (!fault.empty()) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::string cell_fault =
          text_fault(text.substr(scan_.cells[i].begin, scan_.cells[i].end - scan_.cells[i].begin));
      if (!cell_fault.empty()) return reject(record, ProblemKind::kEncoding, i, cell_fault);
    }
    return reject(record, ProblemKind::kEncoding, slots_.size(), fault);
  }
  record.clear_cells();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i] == ColumnPlan::kUnused) continue;
    Cell& cell = record.cells[slots_[i]];
    cell.kind = Cell::Kind::kText;
    assign_cell(text, scan_.cells[i], cell.text);
  }
  return ReadStatus::kRecord;
}

ReadStatus CsvReader::reject(Record& record, ProblemKind kind, std::size_t column, std::string message) {
  record.problem = {kind, file_, record.row, column < columns_.size() ? columns_[column] : "", "", std::move(message)};
  return ReadStatus::kRejected;
}

ReadStatus CsvReader::reject_broken(Record& record) {
  const std::size_t last_line_end = line_end(scan_.size);
  const std::string_view lines = window().substr(0, last_line_end);
  const std::size_t first_line_end = std::min(lines.find('\n'), lines.size());
  const bool several_lines = first_line_end < lines.size();
  const std::uint64_t allowance = kRescanRows * limits::kRowBytes + kRescanFactor * (bytes_done() + lines.size());
  if (several_lines && rescanned_bytes_ + lines.size() <= allowance) {
    rescanned_bytes_ += lines.size() - first_line_end;
    record.raw = lines.substr(0, first_line_end);
  } else {
    record.raw = lines;
  }
  const bool whole_line = record.raw.size() < limits::kRowBytes;
  advance(record.raw.size());
  skipping_ = true;
  if (!whole_line) record.raw = {};
  if (record.raw.ends_with('\r')) record.raw.remove_suffix(1);

  const std::size_t column = std::max<std::size_t>(scan_.cell_count, 1) - 1;
  if (scan_.status == CsvStatus::kStrayText) {
    return reject(record, ProblemKind::kSchema, column,
                  "text follows a closing quote; double the quotes inside a quoted text");
  }
  if (scan_.in_quotes) {
    return reject(record, ProblemKind::kSchema, scan_.cell_count,
                  "a quote opens here and never closes; close it, or double it if it is part of the text");
  }
  return reject(record, ProblemKind::kTooLarge, columns_.size(),
                "the row has more than " + std::to_string(limits::kRowBytes) + " bytes");
}

std::vector<std::string> CsvReader::unused_columns() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns_.size() && names.size() < kMaxUnusedColumns; ++i) {
    if (slots_[i] == ColumnPlan::kUnused && !columns_[i].empty()) names.push_back(columns_[i]);
  }
  return names;
}

}  // namespace aisle
