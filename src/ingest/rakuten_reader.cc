#include "ingest/rakuten_reader.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "core/error.h"
#include "ingest/byte_source.h"
#include "ingest/csv_write.h"

namespace aisle {
namespace {

constexpr char kLabelColumn[] = "prdtypecode";

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> header_of(const std::string& source) {
  const Task nothing;
  return CsvReader(open_bytes(source), source, ',', ColumnPlan(nothing, {}, {}, LabelUse::kIgnored)).columns();
}

bool has(const std::vector<std::string>& columns, std::string_view name) {
  return std::ranges::find(columns, name) != columns.end();
}

void set_once(std::string& place, const std::string& source, const char* what) {
  if (!place.empty())
    throw Error(ErrorCode::kUsage, "two " + std::string(what) + " were given: " + place + " and " + source);
  place = source;
}

}  // namespace

RakutenFiles sort_rakuten_files(const std::vector<std::string>& sources) {
  RakutenFiles files;
  for (const std::string& source : sources) {
    std::error_code unreadable;  // said better by whoever opens it
    if (std::filesystem::is_directory(source, unreadable)) {
      set_once(files.pictures, source, "folders of pictures");
      continue;
    }
    const std::vector<std::string> columns = header_of(source);
    if (has(columns, "productid") && has(columns, "imageid")) {
      set_once(files.x, source, "X files");
    } else if (has(columns, kLabelColumn)) {
      set_once(files.y, source, "Y files");
    } else {
      throw Error(
          ErrorCode::kInvalidArgument,
          source +
              " is neither Rakuten's X file (,designation,description,productid,imageid) nor its Y file (,prdtypecode)",
          {{"file", source}});
    }
  }
  if (files.x.empty()) throw Error(ErrorCode::kUsage, "Rakuten's X file is missing; give it beside the others");
  return files;
}

RakutenLabels::RakutenLabels(const std::string& file, std::vector<Problem>& problems) {
  const Task both{.text_fields = {"", kLabelColumn}};
  const ColumnPlan plan(both, {}, {}, LabelUse::kIgnored);
  CsvReader reader(open_bytes(file), file, ',', plan);
  std::map<std::string, std::uint32_t> numbers;
  Record record;
  record.cells.resize(plan.size());
  for (ReadStatus status = reader.next(record); status != ReadStatus::kEnd; status = reader.next(record)) {
    if (status == ReadStatus::kRejected) {
      problems.push_back(record.problem);
      continue;
    }
    const std::optional<std::int64_t> index = parse_index(record.cells[0].text);
    if (!index) {
      problems.push_back(
          {ProblemKind::kType, file, record.row, "", "", "the index is not an integer, so the row cannot be joined"});
      continue;
    }
    const auto [place, is_new] = numbers.try_emplace(record.cells[1].text, static_cast<std::uint32_t>(labels_.size()));
    if (is_new) labels_.push_back(place->first);
    rows_.push_back({*index, place->second, false});
  }
  const auto by_index = [](const Row& a, const Row& b) { return a.index < b.index; };
  if (!std::ranges::is_sorted(rows_, by_index)) std::ranges::stable_sort(rows_, by_index);
  const auto twice = std::ranges::adjacent_find(rows_, {}, &Row::index);
  if (twice == rows_.end()) return;
  throw Error(ErrorCode::kInvalidArgument,
              file + " has the index " + std::to_string(twice->index) + " twice, so its rows cannot be joined",
              {{"file", file}});
}

const std::string* RakutenLabels::find(std::int64_t index) {
  const auto row = std::ranges::lower_bound(rows_, index, {}, &Row::index);
  if (row == rows_.end() || row->index != index) return nullptr;
  used_ += row->used ? 0 : 1;
  row->used = true;
  return &labels_[row->label];
}

RakutenReader::RakutenReader(const RakutenFiles& files, const ColumnPlan& plan,
                             std::unique_ptr<const ColumnPlan> plan_of_x)
    : files_(files), plan_(plan), plan_of_x_(std::move(plan_of_x)), x_(open_bytes(files.x), files.x, ',', *plan_of_x_) {
  index_ = column("");
  product_ = column("productid");
  image_ = column("imageid");
  if (files_.y.empty()) return;
  if (has(x_.columns(), kLabelColumn)) {
    throw Error(ErrorCode::kUsage, files_.x + " has the column prdtypecode itself; leave " + files_.y + " out");
  }
  y_.emplace(files_.y, problems_);
  std::ranges::reverse(problems_);
}

std::size_t RakutenReader::column(const char* name) const {
  const auto found = std::ranges::find(x_.columns(), name);
  if (found != x_.columns().end()) return static_cast<std::size_t>(found - x_.columns().begin());
  throw Error(
      ErrorCode::kInvalidArgument,
      files_.x + " has no column '" + name + "'; Rakuten's X file has ,designation,description,productid,imageid",
      {{"file", files_.x}});
}

ReadStatus RakutenReader::next(Record& record) {
  if (!problems_.empty()) {
    record.problem = std::move(problems_.back());
    problems_.pop_back();
    record.row = record.problem.row;
    record.raw = {};
    return ReadStatus::kRejected;
  }
  const ReadStatus status = x_.next(record);
  if (status == ReadStatus::kEnd) return finish(record);
  if (status == ReadStatus::kRejected) {
    if (y_) keep_joined(record, "");
    return status;
  }
  name_picture(record);
  return y_ ? join(record) : status;
}

ReadStatus RakutenReader::join(Record& record) {
  x_.read_cell(record, index_, text_);
  const std::optional<std::int64_t> index = parse_index(text_);
  const std::string* label = index ? y_->find(*index) : nullptr;
  keep_joined(record, label == nullptr ? "" : *label);
  if (label == nullptr) {
    record.problem = {
        ProblemKind::kSchema,
        files_.x,
        record.row,
        "",
        "",
        "the index '" + text_.substr(0, 80) + "' is not in " + files_.y + ", so the row has no label; add it there"};
    return ReadStatus::kRejected;
  }
  Cell& cell = record.cells[plan_.label()];
  if (cell.kind != Cell::Kind::kAbsent) return ReadStatus::kRecord;  // --map names another label
  cell.kind = Cell::Kind::kText;
  cell.text = *label;
  return ReadStatus::kRecord;
}

// The record as X with the label behind it, which can be read again without Y.
void RakutenReader::keep_joined(Record& record, std::string_view label) {
  if (record.raw.empty()) return;
  raw_.assign(record.raw);
  raw_ += ',';
  append_csv_cell(raw_, label);
  record.raw = raw_;
}

void RakutenReader::name_picture(Record& record) {
  if (files_.pictures.empty() || !plan_.has_image()) return;
  Cell& cell = record.cells[plan_.image()];
  x_.read_cell(record, image_, text_);
  cell.kind = Cell::Kind::kText;
  cell.text = "image_" + text_ + "_product_";
  x_.read_cell(record, product_, text_);
  cell.text += text_ + ".jpg";
}

ReadStatus RakutenReader::finish(Record& record) {
  if (!y_ || y_->unused() == 0) return ReadStatus::kEnd;
  record.problem = {
      ProblemKind::kSchema,
      files_.y,
      0,
      "",
      "",
      std::to_string(y_->unused()) + " rows of " + files_.y + " have an index that is not in " + files_.x};
  record.row = 0;
  record.raw = {};
  y_.reset();
  return ReadStatus::kRejected;
}

std::vector<std::string> RakutenReader::unused_columns() const {
  std::vector<std::string> names = x_.unused_columns();
  std::erase(names, "imageid");
  return names;
}

std::string RakutenReader::rejects_header() const {
  return x_.rejects_header() + (files_.y.empty() ? "" : std::string(",") + kLabelColumn);
}

}  // namespace aisle
