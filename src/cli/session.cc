#include "cli/session.h"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/terminal_progress.h"
#include "core/error.h"
#include "workflow/encoders.h"

namespace aisle {
namespace {

// For lineage: who is logged in on this machine. Rights come with the server's users, not from here.
std::string operator_name() {
  char name[256] = {};
  if (::getlogin_r(name, sizeof name) == 0 && name[0] != '\0') return name;
  return "uid " + std::to_string(::getuid());
}

}  // namespace

struct Session::Opened {
  Opened(const std::string& folder, Progress& progress, const CancelToken& cancel)
      : workspace(open_workspace(folder)), encoders(workspace, clock, progress), context{workspace,       clock,
                                                                                         progress,        cancel,
                                                                                         operator_name(), encoders} {}

  SystemClock clock;
  Workspace workspace;
  WorkspaceEncoders encoders;
  Context context;
};

Session::Session(std::ostream& out, const CliHooks& hooks) : out_(out), hooks_(hooks) {}
Session::~Session() = default;

Progress& Session::progress() {
  if (!progress_) {
    if (quiet) {
      progress_ = std::make_unique<SilentProgress>();
    } else {
      progress_ = std::make_unique<TerminalProgress>(std::cerr, ::isatty(STDERR_FILENO) != 0);
    }
  }
  return *progress_;
}

Context& Session::context() {
  if (workspace_folder.empty()) throw Error(ErrorCode::kUsage, "--workspace is empty; name the folder of a workspace");
  if (!opened_) opened_ = std::make_unique<Opened>(workspace_folder, progress(), hooks_.cancel);
  return opened_->context;
}

void Session::print(const Json& document, const std::string& text) {
  if (json) {
    out_ << document.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  } else {
    out_ << text;
    if (!text.empty() && text.back() != '\n') out_ << '\n';
  }
}

void Session::say(std::string_view line) {
  progress().message(line);
}

Parameters parse_pairs(std::string_view option, const std::vector<std::string>& texts) {
  Parameters pairs;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw Error(ErrorCode::kUsage, std::string(option) + " wants name=value, not '" + text.substr(0, 80) + "'");
    }
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

}  // namespace aisle
