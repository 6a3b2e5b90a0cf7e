// Reads multipart/form-data (RFC 7578, on RFC 2046) that is here whole. Nothing is copied but names; what could be read
// in two ways is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aisle::http {

struct FormPart {
  std::string name;
  std::string_view content_type;  // as sent, with its parameters; empty where none was
  std::string_view content;
};

// The value of a header's parameter: "b" of `; charset=x; Boundary="b"`. Names have no case. False where it is absent;
// kInvalidArgument where the parameters cannot be read or one is given twice.
bool header_parameter(std::string_view parameters, std::string_view name, std::string& value);

// `parameters` are those of the body's Content-Type. The parts point into `body`. kInvalidArgument names the part and
// what is wrong with it; kTooLarge over limits::kFormParts or kFormHeadBytes.
std::vector<FormPart> read_form(std::string_view body, std::string_view parameters);

}  // namespace aisle::http
