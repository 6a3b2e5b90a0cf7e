#include "workflow/label_file.h"

#include "core/error.h"
#include "workflow/file_items.h"

namespace aisle {

std::vector<LabelInfo> read_label_file(Context& context, const std::filesystem::path& file) {
  // Read like items: the id is the label, the only text its name.
  const Task names{.name = "names", .kind = TaskKind::kCategory, .text_fields = {"name"}};
  FileItems items(names, {.sources = {file.string()}, .map = "label=id"}, LabelUse::kIgnored);
  std::vector<LabelInfo> labels;
  for (Item item; items.next(item);) {
    context.cancel.check();
    labels.push_back({.label = item.id, .name = item.texts.front()});
  }
  if (items.rejected() > 0) {
    const Problem& problem = items.problems().front();
    throw Error(ErrorCode::kInvalidArgument, problem.message + "; nothing was named", {{"file", problem.file}, {"row", std::to_string(problem.row)}});
  }
  return labels;
}

}  // namespace aisle
