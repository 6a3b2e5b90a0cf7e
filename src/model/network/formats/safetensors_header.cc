#include "model/network/formats/safetensors_header.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace aisle::network {
namespace {

constexpr std::size_t kMostTensors = 100'000;
constexpr std::size_t kLongestName = 1000;
constexpr std::size_t kMostDimensions = 8;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the safetensors header is broken: " + what);
}

// Receives the parser's events. The places: the whole, one tensor (or the metadata), a list in a tensor.
class Handler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::vector<HeaderEntry> entries;

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("a truth value"); }
  bool number_integer(number_integer_t) override { unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { unexpected("a number that is not whole"); }
  bool binary(binary_t&) override { unexpected("bytes"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::kList) unexpected("a number");
    if (key_ == "shape") {
      if (entry().shape.size() == kMostDimensions) corrupt(quoted() + " has more than 8 dimensions");
      if (value > INT64_MAX) corrupt(quoted() + " has a shape that is no shape");
      entry().shape.push_back(static_cast<std::int64_t>(value));
    } else {
      if (offsets_ == 2) corrupt(quoted() + " has more than two data_offsets");
      (offsets_++ == 0 ? entry().begin : entry().end) = value;
    }
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) return true;
    if (place_ != Place::kTensor || key_ != "dtype") unexpected("a string");
    entry().dtype = value;
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kOutside) {
      place_ = Place::kTop;
    } else if (place_ == Place::kTop) {
      place_ = metadata_next_ ? Place::kMetadata : Place::kTensor;
      seen_ = 0;
      offsets_ = 0;
    } else {
      unexpected("an object");
    }
    return true;
  }

  bool key(string_t& name) override {
    if (place_ == Place::kTop) {
      metadata_next_ = name == "__metadata__";
      if (!metadata_next_) add_entry(name);
    } else if (place_ == Place::kTensor) {
      key_ = name;
      const unsigned bit = name == "dtype" ? 1U : name == "shape" ? 2U : name == "data_offsets" ? 4U : 0U;
      if (bit == 0) corrupt(quoted() + " has the unknown key '" + name.substr(0, 80) + "'");
      if ((seen_ & bit) != 0) corrupt(quoted() + " has its " + name + " twice");
      seen_ |= bit;
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor && (seen_ != 7 || offsets_ != 2))
      corrupt(quoted() + " has not all of dtype, shape and two data_offsets");
    place_ = place_ == Place::kTop ? Place::kOutside : Place::kTop;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kTensor || key_ == "dtype") unexpected("a list");
    place_ = Place::kList;
    return true;
  }

  bool end_array() override {
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    corrupt("it is no JSON from its byte " + std::to_string(position));
  }

 private:
  enum class Place { kOutside, kTop, kTensor, kMetadata, kList };

  HeaderEntry& entry() { return entries.back(); }

  std::string quoted() const {
    return entries.empty() ? std::string("its start") : "tensor '" + entries.back().name.substr(0, 200) + "'";
  }

  void add_entry(const std::string& name) {
    if (name.size() > kLongestName) corrupt("a name has " + std::to_string(name.size()) + " bytes");
    if (entries.size() == kMostTensors) throw Error(ErrorCode::kTooLarge, "the file has more than 100,000 tensors");
    entries.push_back({.name = name});
  }

  [[noreturn]] void unexpected(const std::string& what) const {
    corrupt("it has " + what + " where none belongs, near " + quoted());
  }

  Place place_ = Place::kOutside;
  bool metadata_next_ = false;
  unsigned seen_ = 0;  // of the tensor's three keys
  int offsets_ = 0;
  std::string key_;
};

}  // namespace

std::vector<HeaderEntry> parse_header(std::string_view json) {
  Handler handler;
  nlohmann::json::sax_parse(json.begin(), json.end(), &handler);
  return std::move(handler.entries);
}

}  // namespace aisle::network
