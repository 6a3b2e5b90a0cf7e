// Looks into JSON from outside with errors that say where: "normalizer.normalizers[2].pattern". Includes simdjson:
// for the readers of this folder alone.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace aisle::subword {

class JsonValue {
 public:
  JsonValue(simdjson::dom::element element, std::string place) : element_(element), place_(std::move(place)) {}

  const std::string& place() const { return place_; }
  bool is_object() const { return element_.is_object(); }
  bool is_list() const { return element_.is_array(); }
  bool is_text() const { return element_.is_string(); }

  // Each of these throws kCorrupt where the value is of another type.
  simdjson::dom::object object() const { return as<simdjson::dom::object>("an object"); }
  simdjson::dom::array list() const { return as<simdjson::dom::array>("a list"); }
  std::string_view text() const { return as<std::string_view>("a text"); }
  bool boolean() const { return as<bool>("true or false"); }
  double number() const { return as<double>("a number"); }
  std::size_t whole(std::size_t most) const {
    const auto value = as<std::uint64_t>("a whole number");
    if (value > most) corrupt("is " + std::to_string(value) + ", at most " + std::to_string(most) + " is allowed");
    return value;
  }

  // The member, where it is there and not null.
  std::optional<JsonValue> find(const char* key) const {
    simdjson::dom::element found;
    if (object().at_key(key).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
    return JsonValue(found, place_.empty() ? key : place_ + "." + key);
  }
  JsonValue at(const char* key) const {
    if (auto found = find(key)) return *std::move(found);
    throw Error(ErrorCode::kCorrupt,
                "'" + shown_place() + (place_.empty() ? "" : ".") + std::string(key).substr(0, 80) + "' is missing");
  }
  bool flag(const char* key, bool otherwise) const {
    const auto found = find(key);
    return found ? found->boolean() : otherwise;
  }
  std::string text_or(const char* key, std::string otherwise) const {
    const auto found = find(key);
    return found ? std::string(found->text()) : otherwise;
  }
  // The list's values; at most `most`.
  std::vector<JsonValue> items(std::size_t most) const {
    std::vector<JsonValue> result;
    for (const simdjson::dom::element item : list()) {
      if (result.size() == most) corrupt("has more than " + std::to_string(most) + " values");
      result.emplace_back(item, place_ + "[" + std::to_string(result.size()) + "]");
    }
    return result;
  }

  [[noreturn]] void corrupt(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, "'" + shown_place() + "' " + what);
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(ErrorCode::kUnsupported, "'" + shown_place() + "': " + what + " is not supported");
  }

 private:
  // Keys may come from the file.
  std::string shown_place() const { return place_.size() > 200 ? place_.substr(0, 200) + "..." : place_; }

  template <typename T>
  T as(const char* kind) const {
    T value{};
    if (element_.get(value) != simdjson::SUCCESS) corrupt(std::string("is not ") + kind);
    return value;
  }

  simdjson::dom::element element_;
  std::string place_;
};

// A parsed document; values of it live as long.
class JsonDocument {
 public:
  // Throws kTooLarge over limits::kTokenizerBytes, kCorrupt where it is no JSON.
  explicit JsonDocument(std::string_view text);
  JsonValue root() const { return {root_, ""}; }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

}  // namespace aisle::subword
