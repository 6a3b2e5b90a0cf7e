#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <span>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "core/error.h"
#include "workflow/environment.h"

namespace aisle {
namespace {

constexpr char kFooter[] = R"(A first session:
  aisle init shop && cd shop
  aisle task create products --kind category --text title,body
  aisle import --task products --certified products.csv
  aisle train --task products
  aisle predict --task products --field title="red running shoes"
  aisle serve
Exit status: 0 done, 1 failed, 2 wrong usage, 3 done with rejected rows, 4 promotion refused.)";

void add_globals(CLI::App& app, Session& session) {
  Command words(&app);
  words.option("--workspace", session.workspace_folder, "Folder of the workspace")
      .from_environment("AISLE_WORKSPACE", "the current folder");
  words.flag("--json", session.json, "One JSON document on standard output");
  words.flag("--quiet", session.quiet, "No progress and no messages");
  app.set_version_flag("--version", program_version());
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  session.workspace_folder = ".";
}

void add_commands(Command app, Session& session) {
  add_init(app, session);
  add_task(app, session);
  add_import(app, session);
  add_certify(app, session);
  add_data(app, session);
  add_train(app, session);
  add_runs(app, session);
  add_evaluate(app, session);
  add_predict(app, session);
  add_models(app, session);
  add_backbone(app, session);
  add_embed(app, session);
  add_network(app, session);
  add_serve(app, session);
}

int report(Session& session, const Error& error) {
  if (session.json) session.out() << to_json(error).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  session.progress();  // ends an open progress line before the message
  std::cerr << "aisle: " << describe(error) << std::endl;
  return error_traits(error.code()).exit_status;
}

// CLI11 stops at the first wrong word, perhaps before it has seen --json.
bool wants_json(std::span<const char* const> arguments) {
  return std::ranges::any_of(arguments, [](const char* word) { return std::string_view(word) == "--json"; });
}

int report_usage(Session& session, CLI::App& app, const CLI::ParseError& error,
                 std::span<const char* const> arguments) {
  if (error.get_exit_code() == 0) return app.exit(error, session.out(), std::cerr);  // --help, --version
  session.json = wants_json(arguments);
  return report(session, Error(ErrorCode::kUsage,
                               std::string(error.what()) + "; see `aisle --help`, or --help after the command"));
}

}  // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out, const CliHooks& hooks) {
  Session session(out, hooks);
  CLI::App app(
      "aisle puts every item in the right aisle: it learns your categories and tags from text, and suggests them in "
      "milliseconds",
      "aisle");
  add_globals(app, session);
  add_commands(Command(&app), session);
  try {
    app.parse(argc, argv);
    out.flush();
    if (!out) throw Error(ErrorCode::kIo, "cannot write to standard output; is the disk full or the pipe closed?");
    return session.exit_status;
  } catch (const CLI::ParseError& error) {
    return report_usage(session, app, error, {argv, static_cast<std::size_t>(argc)});
  } catch (const Error& error) {
    return report(session, error);
  } catch (const std::bad_alloc&) {
    return report(session, Error(ErrorCode::kIo, "out of memory"));
  } catch (const std::exception& error) {
    return report(session, Error(ErrorCode::kInternal, std::string("a fault of the program: ") + error.what()));
  }
}

}  // namespace aisle
