// Lines of JSONL that cases are made of: good ones, and one that is not.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "abuse/read_case.h"

namespace aisle::abuse::jsonl {

inline constexpr std::size_t kRows = 5;
inline constexpr const char* kSuite = "Jsonl";

std::string good_line(std::size_t i);
std::string good_id(std::size_t i);
std::function<std::string()> always(std::string value);

// A line with this value, and no other fault.
std::string with_value(const std::string& key, const std::string& json);

// A file of good lines whose line `place` is `line`.
ReadCase one_bad_line(const std::string& name, std::size_t place, std::function<std::string()> line,
                      std::optional<ProblemKind> kind, std::optional<std::string> column,
                      const Task& task = category_task());

// Registers a file whose third line is `line`.
void add_bad_line(const std::string& name, std::string line, std::optional<ProblemKind> kind = std::nullopt,
                  std::optional<std::string> column = std::nullopt);

}  // namespace aisle::abuse::jsonl
