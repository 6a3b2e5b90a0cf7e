#include "workflow/embed.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
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

void add_embed(Command app, Session& session) {
  Command command = app.subcommand("embed", "Write what a backbone makes of items, as NumPy's rows of float32");
  const auto settings = std::make_shared<EmbedSettings>();
  const auto input = std::make_shared<std::string>();
  command.option("--backbone", settings->backbone, "A name of `aisle backbone list`").required();
  command.option("--input", *input, "A file of items, or - with --format").required();
  command.option("--field", settings->fields, "Text fields, joined in this order").separated_by(',');
  command.option("--output", settings->output, "The .npy file").required();
  command.option("--precision", settings->precision, "f32, bf16, int8 or auto").shows_default();
  command.option("--threads", settings->threads, "0: all cores").between(0, 256);
  add_read_flags(command, settings->read);
  command.runs([&session, settings, input] { run(session, *settings, *input); });
}

}  // namespace aisle
