#include "codec/json_parse.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace aisle {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& message, std::size_t byte = 0) {
  ErrorContext context;
  if (byte > 0) context.emplace_back("byte", std::to_string(byte));
  throw Error(ErrorCode::kInvalidArgument, message, std::move(context));
}

// Builds the value from the parser's events. The library's own builder knows no bound on depth and lets the last of
// two equal keys win.
class Builder final : public nlohmann::json_sax<json> {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}
  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override { return add(std::move(value)); }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto [place, is_new] = open_.back()->emplace(name, nullptr);
    if (!is_new) refuse("the JSON has the key '" + name.substr(0, 80) + "' twice in one object");
    slot_ = &*place;
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...": keep what people read.
    const std::string text = error.what();
    const std::size_t colon = text.find(": ");
    const bool out_of_range = text.find("out_of_range") != std::string::npos;
    refuse(out_of_range ? "the JSON holds a number out of range"
                        : "this is not JSON: " + (colon == std::string::npos ? text : text.substr(colon + 2)),
           byte);
  }

 private:
  template <typename T>
  json* place(T&& value) {
    if (open_.empty()) {
      root_ = std::forward<T>(value);
      return &root_;
    }
    if (open_.back()->is_array()) return &open_.back()->emplace_back(std::forward<T>(value));
    *slot_ = std::forward<T>(value);
    return slot_;
  }

  template <typename T>
  bool add(T&& value) {
    place(std::forward<T>(value));
    return true;
  }

  bool open(json value) {
    if (open_.size() >= max_depth_) refuse("the JSON is nested deeper than " + std::to_string(max_depth_) + " levels");
    open_.push_back(place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::size_t max_depth_;
  json root_;
  std::vector<json*> open_;  // objects and lists that are not closed; a parent does not grow while its child is open
  json* slot_ = nullptr;     // the value of the last key
};

}  // namespace

json parse_json(std::string_view text, const JsonLimits& bounds) {
  if (text.size() > bounds.max_bytes) {
    throw Error(ErrorCode::kTooLarge, "the JSON has " + std::to_string(text.size()) + " bytes, at most " +
                                          std::to_string(bounds.max_bytes) + " are read");
  }
  Builder builder(bounds.max_depth);
  json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

}  // namespace aisle
