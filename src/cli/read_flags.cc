#include "cli/read_flags.h"

namespace aisle {

void add_read_flags(Command command, ReadSettings& settings) {
  command.option("--format", settings.format, "How the files are written")
      .one_of({"auto", "csv", "tsv", "jsonl", "rakuten", "stackexchange", "pictures", "sql"})
      .shows_default();
  command.option("--query", settings.query,
                 "sql: the query; its columns have the names of the task's fields, id, label, group, split");
  command.option("--map", settings.map, "Columns with other names: from=to,...");
  command.option("--label-separator", settings.label_separator, "Between several tags in one column").shows_default();
  command.option("--pictures", settings.picture_folder, "A folder that pictures may come from, besides the file's own")
      .existing_folder();
}

}  // namespace aisle
