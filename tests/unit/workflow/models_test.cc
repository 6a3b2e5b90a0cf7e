#include "workflow/models.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "workflow/train.h"
#include "workflow_support.h"

namespace aisle {
namespace {

constexpr std::size_t kLayoutOffset = 8;  // of a model file's header, whatever the layout
constexpr std::size_t kMaxModelBytes = 64 << 20;

std::string shop(int items) {
  std::string text = "id,title,label\n";
  for (int i = 0; i < items; ++i)
    text += std::to_string(i) + (i % 2 == 0 ? ",red running shoes of size " : ",a novel of chapters ") +
            std::to_string(i * 37) + (i % 2 == 0 ? ",shoes\n" : ",books\n");
  return text;
}

void train_on(WorkflowFixture& fixture, int items) {
  import_items(fixture.context, fixture.task,
               {.read = {.sources = {fixture.file("a.csv", shop(items))}}, .certified = true});
  train(fixture.context, fixture.task, {.threads = 1});
}

// As a program of before this layout left it.
void make_older(WorkflowFixture& fixture, const ModelVersion& version) {
  const auto path = fixture.context.workspace.blobs->path_of(Digest::from_hex(version.archive));
  std::string bytes = read_file(path, kMaxModelBytes);
  bytes.at(kLayoutOffset) = 1;
  write_file_atomically(path, bytes);
}

TEST(Models, M12_AnOlderLayoutInProductionCanBeReplacedByForce) {
  WorkflowFixture fixture;
  train_on(fixture, 120);
  train_on(fixture, 240);
  make_older(fixture, require_version(fixture.context, fixture.task, "production"));
  const PromoteOutcome refused = promote_version(fixture.context, fixture.task, "candidate", false);
  EXPECT_FALSE(refused.promoted);
  EXPECT_TRUE(std::isnan(refused.previous_score));
  EXPECT_NE(refused.reason.find("version 1 cannot be opened: this model was written by an older Aisle (layout 1"),
            std::string::npos)
      << refused.reason;
  EXPECT_NE(refused.reason.find("--force"), std::string::npos) << refused.reason;
  EXPECT_TRUE(promote_version(fixture.context, fixture.task, "candidate", true).promoted);
  EXPECT_EQ(find_alias(fixture.context, fixture.task, "production"), 2);
}

TEST(Models, M12_ACandidateThatCannotBeOpenedIsNeverPromoted) {
  WorkflowFixture fixture;
  train_on(fixture, 120);
  train_on(fixture, 240);
  make_older(fixture, require_version(fixture.context, fixture.task, "candidate"));
  EXPECT_THROW(promote_version(fixture.context, fixture.task, "candidate", true), Error);
  EXPECT_EQ(find_alias(fixture.context, fixture.task, "production"), 1);
}

}  // namespace
}  // namespace aisle
