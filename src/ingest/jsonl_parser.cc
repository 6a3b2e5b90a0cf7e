#include "ingest/jsonl_parser.h"

#include <simdjson.h>

#include <utility>

#include "core/error.h"
#include "domain/limits.h"
#include "ingest/text_check.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxUnusedKeys = 100;
constexpr std::size_t kShownKeyBytes = 80;
constexpr std::size_t kUsualLineBytes = 1 << 20;

// Says what a value is where a text is wanted.
std::string_view kind_name(simdjson::dom::element_type type) {
  switch (type) {
    case simdjson::dom::element_type::ARRAY:
      return "a list";
    case simdjson::dom::element_type::OBJECT:
      return "an object";
    case simdjson::dom::element_type::BOOL:
      return "true or false";
    case simdjson::dom::element_type::DOUBLE:
      return "a number with a fraction";
    default:
      return "null";
  }
}

bool assign_integer(const simdjson::dom::element& value, std::string& text) {
  if (value.is_int64()) {
    text = std::to_string(value.get_int64().value_unsafe());
  } else if (value.is_uint64()) {
    text = std::to_string(value.get_uint64().value_unsafe());
  } else {
    return false;
  }
  return true;
}

void assign_list(const simdjson::dom::array& values, Cell& cell) {
  cell.kind = Cell::Kind::kList;
  cell.list.clear();
  for (const simdjson::dom::element value : values) {
    std::string& text = cell.list.emplace_back();
    if (value.is_string()) {
      text = value.get_string().value_unsafe();
    } else if (!assign_integer(value, text)) {
      cell.kind = Cell::Kind::kOther;
      cell.text = "a list that holds " + std::string(kind_name(value.type()));
      return;
    }
  }
}

void assign_value(const simdjson::dom::element& value, Cell& cell) {
  if (value.is_string()) {
    cell.kind = Cell::Kind::kText;
    cell.text = value.get_string().value_unsafe();
  } else if (value.is_null()) {
    cell.kind = Cell::Kind::kAbsent;
  } else if (value.is_array()) {
    assign_list(value.get_array().value_unsafe(), cell);
  } else if (assign_integer(value, cell.text)) {
    cell.kind = Cell::Kind::kNumber;
  } else {
    cell.kind = Cell::Kind::kOther;
    cell.text = kind_name(value.type());
  }
}

// What people can do about a library's error code.
std::pair<ProblemKind, std::string> explain(simdjson::error_code code, std::string_view line) {
  const std::string fault = text_fault(line);
  if (!fault.empty()) return {ProblemKind::kEncoding, fault};
  switch (code) {
    case simdjson::DEPTH_ERROR:
      return {ProblemKind::kTooLarge,
              "the JSON is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels"};
    case simdjson::EMPTY:
      return {ProblemKind::kSchema, "the line is empty"};
    case simdjson::MEMALLOC:
      return {ProblemKind::kTooLarge, "there is no memory for a line this long"};
    case simdjson::STRING_ERROR:
      return {ProblemKind::kEncoding, "a text holds a broken escape such as \\ud800 without its pair or \\x"};
    case simdjson::UNESCAPED_CHARS:
      return {ProblemKind::kEncoding, "a text holds a control character that is not escaped"};
    case simdjson::UNCLOSED_STRING:
      return {ProblemKind::kSchema, "a text is not closed: the line is cut, or a quote inside is not escaped"};
    case simdjson::NUMBER_ERROR:
      return {ProblemKind::kType, "a number is malformed or out of range; write it as a text"};
    default:
      return {ProblemKind::kSchema,
              "the line is not one JSON object (" + std::string(simdjson::error_message(code)) + ")"};
  }
}

}  // namespace

struct JsonlParser::State {
  State(const ColumnPlan& wanted, std::string file_name) : plan(wanted), file(std::move(file_name)) { reset(); }

  void reset() {
    parser = simdjson::dom::parser(limits::kRowBytes);
    if (parser.allocate(0, limits::kJsonDepth) != simdjson::SUCCESS)
      throw Error(ErrorCode::kInternal, "no memory for a JSON parser");
  }

  const ColumnPlan& plan;
  std::string file;
  simdjson::dom::parser parser;
  std::string padded;
  std::vector<bool> seen;  // slot -> has come in this line
  std::set<std::string, std::less<>> unused;

  bool refuse(Record& record, ProblemKind kind, std::string_view column, std::string message) {
    record.problem = {kind, file, record.row, std::string(column.substr(0, kShownKeyBytes)), "", std::move(message)};
    return false;
  }

  // A key that comes twice is refused where it is wanted; elsewhere it does no harm.
  bool take_object(const simdjson::dom::object& object, Record& record) {
    seen.assign(plan.size(), false);
    for (const auto& [key, value] : object) {
      const std::size_t slot = plan.slot_of(key);
      if (slot == ColumnPlan::kUnused) {
        const std::string_view shown = key.substr(0, kShownKeyBytes);
        if (unused.size() < kMaxUnusedKeys && !unused.contains(shown)) unused.emplace(shown);
        continue;
      }
      if (seen[slot]) return refuse(record, ProblemKind::kSchema, key, "the key comes twice");
      seen[slot] = true;
      assign_value(value, record.cells[slot]);
    }
    return true;
  }
};

JsonlParser::JsonlParser(const ColumnPlan& plan, std::string file)
    : state_(std::make_unique<State>(plan, std::move(file))) {}
JsonlParser::~JsonlParser() = default;
JsonlParser::JsonlParser(JsonlParser&&) noexcept = default;

const std::set<std::string, std::less<>>& JsonlParser::unused_keys() const {
  return state_->unused;
}

void JsonlParser::refuse_too_long(Record& record) {
  record.raw = {};
  state_->refuse(record, ProblemKind::kTooLarge, "",
                 "the line has more than " + std::to_string(limits::kRowBytes) + " bytes");
}

bool JsonlParser::parse(std::string_view line, std::size_t readable_bytes, Record& record) {
  record.cells.resize(state_->plan.size());
  record.clear_cells();
  record.raw = line;
  if (line.size() > limits::kRowBytes) {
    refuse_too_long(record);
    return false;
  }
  if (readable_bytes < simdjson::SIMDJSON_PADDING) {
    state_->padded.assign(line);
    state_->padded.append(simdjson::SIMDJSON_PADDING, ' ');
    line = std::string_view(state_->padded).substr(0, line.size());
  }
  simdjson::dom::element root;
  simdjson::dom::object object;
  bool good = false;
  if (const simdjson::error_code error = state_->parser.parse(line.data(), line.size(), false).get(root);
      error != simdjson::SUCCESS) {
    auto [kind, message] = explain(error, line);
    state_->refuse(record, kind, "", std::move(message));
  } else if (root.get(object) != simdjson::SUCCESS) {
    state_->refuse(record, ProblemKind::kSchema, "", "each line has to be one JSON object, {\"field\": \"text\", ...}");
  } else {
    good = state_->take_object(object, record);
  }
  // One huge line must not keep its buffers for ever.
  if (line.size() > kUsualLineBytes) state_->reset();
  return good;
}

}  // namespace aisle
