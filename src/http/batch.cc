#include "http/batch.h"

#include <exception>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "domain/limits.h"
#include "http/problem.h"

namespace aisle::http {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;  // of answers, then the caller sends them
constexpr int kPieceLines = 64;                // a millisecond or so: other connections wait meanwhile
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

BatchTransform::BatchTransform(Api& api, std::shared_ptr<const ServedModel> model, PredictQuery query)
    : api_(api), model_(std::move(model)), desk_(api.desk_of(model_)), query_(std::move(query)) {}

std::size_t BatchTransform::consume(std::string_view bytes, std::string& out) {
  std::size_t used = 0;
  for (int lines = 0; used < bytes.size() && lines < kPieceLines && out.size() < kPieceBytes && !is_full(); ++lines) {
    const std::string_view rest = bytes.substr(used);
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    used += line.size() + (end == std::string_view::npos ? 0 : 1);
    if (!too_long_ && partial_.size() + line.size() > limits::kRowBytes) {
      too_long_ = true;
      partial_ = std::string();
    }
    if (end == std::string_view::npos) {
      if (!too_long_) partial_ += line;
    } else if (partial_.empty()) {
      end_line(line, out);
    } else {
      end_line(partial_ += line, out);
    }
  }
  return used;
}

void BatchTransform::finish(std::string& out) {
  if (too_long_ || !partial_.empty()) end_line(partial_, out);
}

void BatchTransform::fail(std::string_view code, std::string_view message, std::string& out) {
  append_bad_line(out, line_, {}, code, message);
  out += '\n';
}

void BatchTransform::end_line(std::string_view line, std::string& out) {
  if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (too_long_) {
    put_fault({}, error_traits(ErrorCode::kTooLarge).name,
              "the line is longer than " + std::to_string(limits::kRowBytes) + " bytes", out);
  } else if (!is_blank(line)) {
    read_line(line, out);
  }
  too_long_ = false;
  partial_.clear();
  if (partial_.capacity() > kPieceBytes) partial_ = std::string();
  ++line_;
}

void BatchTransform::read_line(std::string_view line, std::string& out) {
  const std::size_t before = out.size();
  Item& item = api_.item_;
  item.id.clear();
  try {
    api_.reader_.read(line, desk_->input, ItemBodyReader::Keys::kRow, item, desk_->pictures);
    if (item.id.empty()) item.id = derived_id(item);
    answer(item, out);
  } catch (const std::exception&) {
    out.resize(before);
    const Error error = as_error(std::current_exception());
    put_fault(item.id, error_traits(error.code()).name, error.what(), out);
  }
}

void BatchTransform::put_fault(std::string_view id, std::string_view code, std::string_view message, std::string& out) {
  std::string text;
  append_bad_line(text, line_, id, code, message);
  put(text += '\n', out);
}

void BatchTransform::answer(Item& item, std::string& out) {
  const Stopwatch watch;
  const Prediction& prediction = api_.session_.predict(model_, view(item), query_.top_k);
  const Explanation* explanation =
      query_.explain ? &api_.session_.explain(model_, view(item), kExplainedWords) : nullptr;
  desk_->write(out, prediction, watch.seconds(), item.id, explanation);
  out += '\n';
}

}  // namespace aisle::http
