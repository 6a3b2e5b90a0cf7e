#include "workflow/certify.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "core/error.h"

namespace aisle {
namespace {

struct CertifyOptions {
  std::string task;
  std::vector<std::string> ids;
  bool all = false;
};

void run(Session& session, const CertifyOptions& options, ItemState state) {
  if (options.all == !options.ids.empty())
    throw Error(ErrorCode::kUsage, "give the ids of items, or --all for every proposal");
  const Task task = session.task(options.task);
  const CertifyResult result = options.all ? set_state_of_proposals(session.context(), task, state)
                                           : set_state_of(session.context(), task, options.ids, state);
  const Json document = {{"task", task.name},
                         {"changed", result.changed},
                         {"proposal", result.counts.proposal},
                         {"certified", result.counts.certified},
                         {"rejected", result.counts.rejected}};
  session.print(document, std::to_string(result.changed) + " items are now " + std::string(to_string(state)) + " (" +
                              std::to_string(result.counts.certified) + " certified in all)");
}

void add_verb(Command app, Session& session, const char* name, const char* help, ItemState state) {
  Command command = app.subcommand(name, help);
  const auto options = std::make_shared<CertifyOptions>();
  command.option("--task", options->task).required();
  command.option("ID", options->ids, "Ids of items");
  command.flag("--all", options->all, "Every proposal");
  command.runs([&session, options, state] { run(session, *options, state); });
}

}  // namespace

void add_certify(Command app, Session& session) {
  add_verb(app, session, "certify", "Certify items: only certified items train", ItemState::kCertified);
  add_verb(app, session, "reject", "Reject items: they never train", ItemState::kRejected);
}

}  // namespace aisle
