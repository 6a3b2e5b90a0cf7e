// How a subcommand says what its words are. CLI11, which parses them, is included by command.cc and run.cc alone: it
// costs seconds in every file that sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace aisle {

// One option or argument of a command. A handle: the parser owns what it stands for.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required();
  Option& shows_default();  // in --help, what the value is now
  Option& one_of(std::initializer_list<const char*> words);
  Option& not_negative();  // an unsigned number takes -1 for a large one
  Option& between(std::size_t least, std::size_t most);
  Option& existing_file();
  Option& existing_folder();
  Option& separated_by(char delimiter);  // several values in one word
  Option& one_each();                    // several values: the option's name before each
  Option& needs(const std::string& other);
  Option& from_environment(const std::string& variable, const std::string& else_text);

 private:
  CLI::Option* option_;
};

// A command or subcommand. A handle, as above; what options are stored in must live until the parser is gone.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command subcommand(const std::string& name, const std::string& help);
  // T: std::string, std::int64_t, std::size_t, a vector of the first two, or an optional of std::string or
  // std::uint16_t. A name without "--" is an argument by position.
  template <typename T>
  Option option(const std::string& name, T& value, const std::string& help = {});
  void flag(const std::string& name, bool& value, const std::string& help);
  void wants_subcommand();
  void footer(std::function<std::string()> text);
  void runs(std::function<void()> action);

 private:
  CLI::App* app_;
};

}  // namespace aisle
