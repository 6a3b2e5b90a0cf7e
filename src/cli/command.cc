#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace aisle {

Option& Option::required() {
  option_->required();
  return *this;
}
Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}
Option& Option::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}
Option& Option::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}
Option& Option::between(std::size_t least, std::size_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}
Option& Option::existing_file() {
  option_->check(CLI::ExistingFile);
  return *this;
}
Option& Option::existing_folder() {
  option_->check(CLI::ExistingDirectory);
  return *this;
}
Option& Option::separated_by(char delimiter) {
  option_->delimiter(delimiter);
  return *this;
}
Option& Option::one_each() {
  option_->allow_extra_args(false);
  return *this;
}
Option& Option::needs(const std::string& other) {
  option_->needs(other);
  return *this;
}
Option& Option::from_environment(const std::string& variable, const std::string& else_text) {
  option_->envname(variable)->default_str(else_text);
  return *this;
}

Command Command::subcommand(const std::string& name, const std::string& help) {
  return Command(app_->add_subcommand(name, help));
}

template <typename T>
Option Command::option(const std::string& name, T& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}
template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::int64_t&, const std::string&);
template Option Command::option(const std::string&, std::size_t&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::int64_t>&, const std::string&);
template Option Command::option(const std::string&, std::optional<std::string>&, const std::string&);
template Option Command::option(const std::string&, std::optional<std::uint16_t>&, const std::string&);

void Command::flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}
void Command::wants_subcommand() {
  app_->require_subcommand(1);
}
void Command::footer(std::function<std::string()> text) {
  app_->footer(std::move(text));
}
void Command::runs(std::function<void()> action) {
  app_->callback(std::move(action));
}

}  // namespace aisle
