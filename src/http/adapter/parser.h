// Beast's parser, filling our own Request: no table of fields is built, and framing that could be read in two ways is
// refused (RFC 9112, 6.3). Included by the adapter alone.
#pragma once

#include <utility>  // Boost 1.74 forgets it

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cctype>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "http/message.h"

namespace aisle::http {

namespace beast = boost::beast;

class RequestParser final : public beast::http::basic_parser<true> {
 public:
  RequestParser(Request& request, std::size_t max_header_bytes) : request_(request) {
    header_limit(static_cast<std::uint32_t>(max_header_bytes));
    body_limit(
        std::numeric_limits<std::uint64_t>::max());  // the connection bounds it by the route; none counts as 0 here
  }

  bool expects_continue() const { return expects_continue_; }
  int hosts() const { return hosts_; }
  int version() const { return version_; }

 private:
  using Text = beast::string_view;
  using Code = beast::error_code;
  using Failure = beast::http::error;

  static std::string_view view(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(beast::http::verb, Text method, Text target, int version, Code&) override {
    request_.method = view(method);
    request_.target = view(target);
    version_ = version;
  }

  void on_response_impl(int, Text, int, Code&) override {}

  void on_field_impl(beast::http::field known, Text name, Text value, Code& code) override {
    using beast::http::field;
    switch (known) {
      case field::host:
        ++hosts_;
        break;
      case field::content_length:
        if (has_length_ || value.find(',') != Text::npos) code = Failure::bad_content_length;
        has_length_ = true;
        break;
      case field::transfer_encoding:
        // Anything but one plain "chunked", and any of it in HTTP/1.0, is how requests are smuggled.
        if (version_ < 11 || !beast::iequals(value, "chunked")) code = Failure::bad_transfer_encoding;
        break;
      case field::content_type:
        set_content_type(view(value));
        break;
      case field::expect:
        expects_continue_ = version_ >= 11 && beast::iequals(value, "100-continue");
        break;
      case field::unknown:
        if (beast::iequals(name, "x-request-id")) request_.request_id = view(value);
        break;
      default:
        break;
    }
  }

  void on_header_impl(Code&) override { request_.has_body = chunked() || content_length_remaining().value_or(0) > 0; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}

  std::size_t on_body_impl(Text body, Code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_finish_impl(Code&) override {}

  void set_content_type(std::string_view value) {
    const std::size_t end = std::min(value.find(';'), value.size());
    request_.content_parameters = value.substr(end);
    value = value.substr(0, end);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    request_.content_type = value;
    std::ranges::transform(request_.content_type, request_.content_type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }

  Request& request_;
  int version_ = 11;
  int hosts_ = 0;
  bool has_length_ = false;
  bool expects_continue_ = false;
};

}  // namespace aisle::http
