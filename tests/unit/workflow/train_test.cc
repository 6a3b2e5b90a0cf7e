#include "workflow/train.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "workflow/certify.h"
#include "workflow/models.h"
#include "workflow/runs.h"
#include "workflow_support.h"

namespace aisle {
namespace {

std::string many_items() {
  std::string text = "id,title,label\n";
  for (int i = 0; i < 120; ++i) {
    text += std::to_string(i) + (i % 2 == 0 ? ",red running shoes of size " : ",a novel of chapters ") +
            std::to_string(i * 37) + (i % 2 == 0 ? ",shoes\n" : ",books\n");
  }
  return text;
}

TEST(Train, NamesCertifyWhenNothingIsCertified) {
  WorkflowFixture fixture;
  import_items(fixture.context, fixture.task, {.read = {.sources = {fixture.file("a.csv", many_items())}}});
  try {
    train(fixture.context, fixture.task, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kFailedPrecondition);
    EXPECT_NE(std::string(error.what()).find("aisle certify"), std::string::npos);
  }
}

TEST(Train, M12_EndsAsAVersionWithItsRunAndSnapshot) {
  WorkflowFixture fixture;
  import_items(fixture.context, fixture.task,
               {.read = {.sources = {fixture.file("a.csv", many_items())}}, .certified = true});
  const TrainOutcome outcome = train(fixture.context, fixture.task, {.threads = 1});
  EXPECT_EQ(outcome.version.version, 1);
  EXPECT_EQ(outcome.version.aliases, std::vector<std::string>{"production"});
  EXPECT_EQ(require_run(fixture.context, fixture.task, 1).state, RunState::kDone);
  EXPECT_EQ(require_version(fixture.context, fixture.task, "production").run, 1);
}

TEST(Train, M8_ACancelledRunSaysSoAndLeavesNoVersion) {
  WorkflowFixture fixture;
  import_items(fixture.context, fixture.task,
               {.read = {.sources = {fixture.file("a.csv", many_items())}}, .certified = true});
  fixture.cancel.cancel();
  EXPECT_THROW(train(fixture.context, fixture.task, {.threads = 1}), Error);
  EXPECT_EQ(require_run(fixture.context, fixture.task, 1).state, RunState::kCancelled);
  EXPECT_TRUE(list_models(fixture.context, fixture.task).empty());
}

}  // namespace
}  // namespace aisle
