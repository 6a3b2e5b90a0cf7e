// Files that the build puts into the program (embed.py): the page, its Content-Security-Policy, the API description.
#pragma once

#include <string>
#include <string_view>

namespace aisle::http::embedded {

std::string_view page();
std::string_view page_policy();
std::string_view openapi();

}  // namespace aisle::http::embedded
