// A workspace in memory with a task, and files to import.
#pragma once

#include <fstream>
#include <string>

#include "support/temporary_folder.h"
#include "workflow/import.h"
#include "workflow/tasks.h"

namespace aisle {

class WorkflowFixture {
 public:
  WorkflowFixture()
      : workspace_(memory_workspace(folder_.path())), context{workspace_, clock_, progress_, cancel, "tester"} {
    task = create_task(context, {.name = "shop", .kind = TaskKind::kCategory, .text_fields = {"title"}});
  }

  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

 private:
  TemporaryFolder folder_;
  Workspace workspace_;
  SystemClock clock_;
  SilentProgress progress_;

 public:
  CancelToken cancel;
  Context context;
  Task task;
};

}  // namespace aisle
