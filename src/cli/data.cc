#include "workflow/data.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/table.h"
#include "codec/item_json.h"
#include "core/clock.h"
#include "core/error.h"
#include "workflow/collect.h"

namespace aisle {
namespace {

struct DataOptions {
  std::string task;
  std::vector<std::int64_t> snapshots;
};

Command add_verb(Command data, const std::shared_ptr<DataOptions>& options, const char* name, const char* help) {
  Command command = data.subcommand(name, help);
  command.option("--task", options->task).required();
  return command;
}

std::vector<std::string> row_of(const Snapshot& snapshot) {
  return {std::to_string(snapshot.number),     std::to_string(snapshot.items), std::to_string(snapshot.train),
          std::to_string(snapshot.validation), std::to_string(snapshot.test),  std::to_string(snapshot.labels),
          snapshot.digest.hex().substr(0, 12), format_utc(snapshot.created_ms)};
}

const std::vector<std::string> kHeading = {"snapshot", "items",  "train",  "validation",
                                           "test",     "labels", "digest", "created"};

void list(Session& session, const DataOptions& options) {
  const Task task = session.task(options.task);
  const DataOverview data = describe_data(session.context(), task);
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {kHeading};
  for (const Snapshot& snapshot : data.snapshots) {
    list.push_back(to_json(snapshot));
    rows.push_back(row_of(snapshot));
  }
  const Json items = {
      {"proposal", data.counts.proposal}, {"certified", data.counts.certified}, {"rejected", data.counts.rejected}};
  const std::string text = "certified " + std::to_string(data.counts.certified) + ", proposals " +
                           std::to_string(data.counts.proposal) + ", rejected " + std::to_string(data.counts.rejected) +
                           "\n" +
                           (list.empty() ? "no snapshot yet: `aisle train` makes the first\n" : format_table(rows));
  session.print({{"task", task.name}, {"items", items}, {"snapshots", list}}, text);
}

void show(Session& session, const DataOptions& options) {
  if (options.snapshots.size() != 1)
    throw Error(ErrorCode::kUsage, "data show wants one snapshot's number; `aisle data list` lists them");
  const Task task = session.task(options.task);
  const Snapshot snapshot = require_snapshot(session.context(), task, options.snapshots[0]);
  session.print(to_json(snapshot), format_table({kHeading, row_of(snapshot)}));
}

void diff(Session& session, const DataOptions& options) {
  if (options.snapshots.size() != 2)
    throw Error(ErrorCode::kUsage, "data diff wants two snapshots' numbers: the older and the newer");
  const Task task = session.task(options.task);
  const SnapshotDiff found = diff_data(session.context(), task, options.snapshots[0], options.snapshots[1]);
  std::string text = "added " + std::to_string(found.added_count) + ", removed " + std::to_string(found.removed_count) +
                     ", changed " + std::to_string(found.changed_count) + "\n";
  for (const std::string& id : found.added) text += "+ " + id + "\n";
  for (const std::string& id : found.removed) text += "- " + id + "\n";
  for (const std::string& id : found.changed) text += "~ " + id + "\n";
  session.print(to_json(found), text);
}

// JSONL for both forms of output: it is data, to be read by a program.
void export_all(Session& session, const DataOptions& options) {
  if (options.snapshots.size() > 1) throw Error(ErrorCode::kUsage, "data export wants at most one snapshot's number");
  const Task task = session.task(options.task);
  const std::optional<std::int64_t> number =
      options.snapshots.empty() ? std::nullopt : std::optional(options.snapshots[0]);
  std::string line;
  export_items(session.context(), task, number, [&](const Item& item) {
    line.clear();
    append_item_json(task, item, line);
    line += '\n';
    session.out() << line;
  });
}

void collect(Session& session) {
  const CollectedBlobs done = collect_blobs(session.context());
  session.print({{"removed", done.removed}, {"removed_bytes", done.removed_bytes}, {"kept", done.kept}},
                "Deleted " + std::to_string(done.removed) + " files that nothing refers to (" +
                    format_bytes(static_cast<double>(done.removed_bytes)) + "), kept " + std::to_string(done.kept));
}

}  // namespace

void add_data(Command app, Session& session) {
  Command data = app.subcommand("data", "Look at a task's items and snapshots, compare them, take them out");
  data.wants_subcommand();
  const auto options = std::make_shared<DataOptions>();
  add_verb(data, options, "list", "Count the items and list the snapshots").runs([&session, options] {
    list(session, *options);
  });
  Command shown = add_verb(data, options, "show", "Show a snapshot");
  shown.option("SNAPSHOT", options->snapshots).required();
  shown.runs([&session, options] { show(session, *options); });
  Command compared = add_verb(data, options, "diff", "Compare two snapshots: items added, removed, changed");
  compared.option("SNAPSHOT", options->snapshots).required();
  compared.runs([&session, options] { diff(session, *options); });
  Command exported = add_verb(data, options, "export",
                              "Write the items as JSONL: of a snapshot, or the certified ones as they are now");
  exported.option("SNAPSHOT", options->snapshots);
  exported.runs([&session, options] { export_all(session, *options); });
  data.subcommand("gc", "Delete the pictures and models that nothing refers to any more, of all tasks")
      .runs([&session] { collect(session); });
}

}  // namespace aisle
