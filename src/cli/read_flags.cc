#include "cli/read_flags.h"

#include <CLI/CLI.hpp>

namespace aisle {

void add_read_flags(CLI::App& command, ReadSettings& settings) {
  command.add_option("--format", settings.format, "How the files are written")
      ->check(CLI::IsMember({"auto", "csv", "tsv", "jsonl", "rakuten", "stackexchange", "pictures", "sql"}))
      ->capture_default_str();
  command.add_option("--query", settings.query,
                     "sql: the query; its columns have the names of the task's fields, id, label, group, split");
  command.add_option("--map", settings.map, "Columns with other names: from=to,...");
  command.add_option("--label-separator", settings.label_separator, "Between several tags in one column")
      ->capture_default_str();
  command
      .add_option("--pictures", settings.picture_folder, "A folder that pictures may come from, besides the file's own")
      ->check(CLI::ExistingDirectory);
}

}  // namespace aisle
