#include "workflow/label_file.h"

#include <set>
#include <string>

#include "core/error.h"
#include "workflow/file_items.h"

namespace aisle {

std::vector<LabelInfo> read_label_file(Context& context, const std::filesystem::path& file) {
  // Read like items: the id is the label, the only text its name.
  const Task names{.name = "names", .kind = TaskKind::kCategory, .text_fields = {"name"}};
  FileItems items(names, {.sources = {file.string()}, .map = "label=id"}, LabelUse::kIgnored);
  std::vector<LabelInfo> labels;
  std::set<std::string> seen;
  for (Item item; items.next(item);) {
    context.cancel.check();
    if (!seen.insert(item.id).second)
      throw Error(ErrorCode::kInvalidArgument, "the label '" + item.id + "' is named twice; nothing was named",
                  {{"file", file.string()}});
    labels.push_back({.label = item.id, .name = item.texts.front()});
  }
  if (items.rejected() > 0) {
    const Problem& problem = items.problems().front();
    throw Error(ErrorCode::kInvalidArgument, problem.message + "; nothing was named",
                {{"file", problem.file}, {"row", std::to_string(problem.row)}});
  }
  return labels;
}

}  // namespace aisle
