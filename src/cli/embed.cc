#include "workflow/embed.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/read_flags.h"
#include "cli/session.h"
#include "core/error.h"

namespace aisle {
namespace {

void run(Session& session, EmbedSettings& settings, const std::string& input) {
  settings.read.sources = {input};
  const EmbedResult result = embed(session.context(), settings);
  Json problems = Json::array();
  for (const Problem& problem : result.problems) {
    problems.push_back({{"row", problem.row}, {"id", problem.id}, {"message", problem.message}});
    session.say(fmt::format("row {}: {}", problem.row, problem.message));
  }
  const std::int64_t rows = result.items + result.rejected;
  session.print(
      {{"output", settings.output},
       {"rows", rows},
       {"items", result.items},
       {"rejected", result.rejected},
       {"dimension", result.dimension},
       {"precision", result.precision},
       {"problems", std::move(problems)}},
      fmt::format("{} rows of {} features ({}) in {}", rows, result.dimension, result.precision, settings.output));
  if (result.rejected == 0) return;
  session.say(fmt::format("{} rows are zeros: nothing of them could be read", result.rejected));
  session.exit_status = error_traits(ErrorCode::kRejectedRows).exit_status;
}

}  // namespace

void add_embed(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("embed", "Write what a backbone makes of items, as NumPy's rows of float32");
  const auto settings = std::make_shared<EmbedSettings>();
  const auto input = std::make_shared<std::string>();
  command->add_option("--backbone", settings->backbone, "A name of `aisle backbone list`")->required();
  command->add_option("--input", *input, "A file of items, or - with --format")->required();
  command->add_option("--field", settings->fields, "Text fields, joined in this order")->delimiter(',');
  command->add_option("--output", settings->output, "The .npy file")->required();
  command->add_option("--precision", settings->precision, "f32, bf16, int8 or auto")->capture_default_str();
  command->add_option("--threads", settings->threads, "0: all cores")->check(CLI::Range(0, 256));
  add_read_flags(*command, settings->read);
  command->callback([&session, settings, input] { run(session, *settings, *input); });
}

}  // namespace aisle
