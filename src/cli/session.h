// What all subcommands share: the global options, the workspace, and how answers are printed.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run.h"
#include "codec/domain_json.h"
#include "workflow/context.h"

namespace aisle {

class TerminalProgress;

class Session {
 public:
  Session(std::ostream& out, const CliHooks& hooks);
  ~Session();

  // Set by the parser.
  std::string workspace_folder;
  bool json = false;
  bool quiet = false;

  // Opens the workspace on first use.
  Context& context();
  Task task(const std::string& name) { return require_task(context(), name); }

  // One JSON document with --json, else `text`.
  void print(const Json& document, const std::string& text);
  std::ostream& out() { return out_; }
  // A line for people on standard error, unless --quiet.
  void say(std::string_view line);

  const CliHooks& hooks() const { return hooks_; }
  Progress& progress();
  int exit_status = 0;

 private:
  struct Opened;
  std::ostream& out_;
  const CliHooks& hooks_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<Opened> opened_;
};

// "key=value" pairs of --set, --field and --map. Throws kUsage naming the option.
Parameters parse_pairs(std::string_view option, const std::vector<std::string>& texts);

}  // namespace aisle
