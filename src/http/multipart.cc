#include "http/multipart.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "domain/limits.h"

namespace aisle::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBlanks = " \t";

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  const std::size_t end = text.find_last_not_of(kBlanks);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::kInvalidArgument, message);
}

// Takes `text` or `"te\"xt"` from the front. False where there is neither.
bool take_value(std::string_view& rest, std::string& value) {
  value.clear();
  if (!rest.starts_with('"')) {
    const std::string_view word = rest.substr(0, rest.find_first_of("; \t"));
    rest.remove_prefix(word.size());
    value = word;
    return is_token(word);
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    // A backslash is an escape before these two alone: file names of Windows are sent as they are.
    const bool escapes = rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    value += rest[escapes ? ++i : i];
  }
  return false;
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

std::string boundary_of(std::string_view parameters) {
  std::string boundary;
  const bool given = header_parameter(parameters, "boundary", boundary);
  const auto allowed = [](unsigned char c) { return c >= 0x20 && c < 0x7f; };
  if (!given || boundary.empty() || boundary.size() > limits::kFormBoundaryBytes || boundary.back() == ' ' ||
      !std::ranges::all_of(boundary, allowed)) {
    refuse("multipart/form-data needs a boundary of 1 to " + std::to_string(limits::kFormBoundaryBytes) +
           " characters in its Content-Type; HTTP clients set it themselves when they send a form");
  }
  return boundary;
}

class FormReader {
 public:
  FormReader(std::string_view body, const std::string& boundary) : rest_(body), delimiter_("\r\n--" + boundary) {}

  std::vector<FormPart> read() {
    skip_preamble();
    std::vector<FormPart> parts;
    while (end_delimiter()) {
      if (parts.size() == limits::kFormParts)
        throw Error(ErrorCode::kTooLarge, "the form has more than " + std::to_string(limits::kFormParts) + " parts");
      number_ = parts.size() + 1;
      FormPart part;
      read_head(part);
      const std::size_t end = rest_.find(delimiter_);
      if (end == std::string_view::npos) fail(part, "does not end with the boundary; was the body cut?");
      part.content = rest_.substr(0, end);
      rest_.remove_prefix(end + delimiter_.size());
      parts.push_back(std::move(part));
    }
    return parts;
  }

 private:
  // To behind the first boundary.
  void skip_preamble() {
    const std::string_view opening = std::string_view(delimiter_).substr(kLineEnd.size());
    if (rest_.starts_with(opening)) return rest_.remove_prefix(opening.size());
    const std::size_t begin = rest_.find(delimiter_);
    if (begin == std::string_view::npos)
      refuse(rest_.empty() ? "the form is empty"
                           : "the form does not contain the boundary that its Content-Type names");
    rest_.remove_prefix(begin + delimiter_.size());
  }

  // Behind a boundary: true where a part follows, false at the form's end.
  bool end_delimiter() {
    const bool last = rest_.starts_with("--");
    if (last) rest_.remove_prefix(2);
    skip_blanks(rest_);
    if (last && rest_.empty()) return false;
    if (!rest_.starts_with(kLineEnd)) refuse("a boundary of the form is not at the end of its line");
    rest_.remove_prefix(last ? 0 : kLineEnd.size());
    return !last;
  }

  void read_head(FormPart& part) {
    bool has_disposition = false;
    std::size_t bytes = 0;
    while (true) {
      const std::size_t end = rest_.substr(0, limits::kFormHeadBytes).find(kLineEnd);
      if (end == std::string_view::npos && rest_.size() < limits::kFormHeadBytes)
        fail(part, "ends inside its headers; was the body cut?");
      bytes += end + kLineEnd.size();
      if (end == std::string_view::npos || bytes > limits::kFormHeadBytes) {
        throw Error(ErrorCode::kTooLarge,
                    label(part) + " has more than " + std::to_string(limits::kFormHeadBytes) + " bytes of headers");
      }
      const std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(end + kLineEnd.size());
      if (line.empty()) break;
      read_header(line, part, has_disposition);
    }
    if (!has_disposition) fail(part, "has no Content-Disposition: form-data; name=\"...\"");
    // The boundary's line end may be that of the empty line: a part without content.
    rest_ = {rest_.data() - kLineEnd.size(), rest_.size() + kLineEnd.size()};
    if (rest_.starts_with(delimiter_)) return;
    rest_.remove_prefix(kLineEnd.size());
  }

  void read_header(std::string_view line, FormPart& part, bool& has_disposition) {
    const std::size_t colon = line.find(':');
    const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || std::ranges::any_of(line, is_control))
      fail(part, "has a malformed header");
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (same_word(name, "content-disposition")) {
      if (has_disposition) fail(part, "has two Content-Dispositions");
      has_disposition = true;
      read_disposition(value, part);
    } else if (same_word(name, "content-type")) {
      part.content_type = value;
    } else if (same_word(name, "content-transfer-encoding") && !same_word(value, "binary") &&
               !same_word(value, "8bit") && !same_word(value, "7bit")) {
      fail(part,
           "has a Content-Transfer-Encoding, which forms do not have any more (RFC 7578, 4.7); send the bytes as they "
           "are");
    }
  }

  void read_disposition(std::string_view value, FormPart& part) {
    const std::string_view kind = trimmed(value.substr(0, value.find(';')));
    value.remove_prefix(std::min(value.find(';'), value.size()));
    std::string name;
    if (!same_word(kind, "form-data") || !header_parameter(value, "name", name) || name.empty())
      fail(part, "has no Content-Disposition: form-data; name=\"...\"");
    part.name = std::move(name);
  }

  std::string label(const FormPart& part) const {
    const std::string number = "part " + std::to_string(number_) + " of the form";
    return part.name.empty() ? number : number + ", '" + part.name.substr(0, 80) + "',";
  }

  [[noreturn]] void fail(const FormPart& part, const std::string& fault) const { refuse(label(part) + " " + fault); }

  std::string_view rest_;
  const std::string delimiter_;
  std::size_t number_ = 0;
};

}  // namespace

bool header_parameter(std::string_view parameters, std::string_view name, std::string& value) {
  bool found = false;
  std::string one;
  for (skip_blanks(parameters); !parameters.empty(); skip_blanks(parameters)) {
    if (!parameters.starts_with(';')) refuse("a header's parameters are not name=value, separated by ';'");
    parameters.remove_prefix(1);
    skip_blanks(parameters);
    if (parameters.empty()) break;
    const std::string_view key = parameters.substr(0, parameters.find_first_of("=; \t"));
    parameters.remove_prefix(key.size());
    if (!is_token(key) || !parameters.starts_with('='))
      refuse("a header's parameters are not name=value, separated by ';'");
    parameters.remove_prefix(1);
    if (!take_value(parameters, one)) refuse("a header's parameter has no value, or its quotes are not closed");
    if (!same_word(key, name)) continue;
    if (found) refuse("a header has the parameter '" + std::string(name) + "' twice");
    found = true;
    value = one;
  }
  return found;
}

std::vector<FormPart> read_form(std::string_view body, std::string_view parameters) {
  return FormReader(body, boundary_of(parameters)).read();
}

}  // namespace aisle::http
