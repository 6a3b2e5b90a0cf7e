#include "workflow/import.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "workflow_support.h"

namespace aisle {
namespace {

constexpr char kFile[] =
    "id,title,label\n1,red running shoes,shoes\n2,a novel in two parts,books\n2,same id again,books\n";

TEST(Import, D2_KeepsGoodRowsAndCountsBadOnes) {
  WorkflowFixture fixture;
  const ImportReport report =
      import_items(fixture.context, fixture.task, {.read = {.sources = {fixture.file("a.csv", kFile)}}});
  EXPECT_EQ(report.rows, 3);
  EXPECT_EQ(report.added, 2);
  EXPECT_EQ(report.rejected, 1);
  EXPECT_TRUE(report.stored);
  EXPECT_EQ(fixture.context.workspace.logs->list_events("alert", 10).size(), 1U);
}

TEST(Import, D2_StrictStoresNothingWhenARowIsRejected) {
  WorkflowFixture fixture;
  const ImportReport report = import_items(fixture.context, fixture.task,
                                           {.read = {.sources = {fixture.file("a.csv", kFile)}}, .strict = true});
  EXPECT_FALSE(report.stored);
  EXPECT_EQ(fixture.context.workspace.training->count_items(fixture.task.id).proposal, 0);
}

TEST(Import, StrictRefusesStandardInputBecauseItReadsTwice) {
  WorkflowFixture fixture;
  EXPECT_THROW(
      import_items(fixture.context, fixture.task, {.read = {.sources = {"-"}, .format = "csv"}, .strict = true}),
      Error);
}

TEST(Import, IsCancelledBetweenBatches) {
  WorkflowFixture fixture;
  fixture.cancel.cancel();
  EXPECT_THROW(import_items(fixture.context, fixture.task, {.read = {.sources = {fixture.file("a.csv", kFile)}}}),
               Error);
  EXPECT_EQ(fixture.context.workspace.training->count_items(fixture.task.id).proposal, 0);
}

}  // namespace
}  // namespace aisle
