// Fused models over versions of a real workspace: which versions may be members, and what they still need.
#include "workflow/fusion_supply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "workflow/backbones.h"
#include "workflow/encoders.h"
#include "workflow/export_network.h"
#include "workflow/models.h"
#include "workflow/train.h"
#include "workflow_support.h"

namespace aisle {
namespace {

using testing::HasSubstr;

class Versions : public testing::Test {
 protected:
  void import(int from, int to) {
    std::string text = "id,title,label\n";
    for (int i = from; i < to; ++i)
      text += std::to_string(i) + (i % 2 == 0 ? ",red running shoes " : ",a novel of chapters ") +
              std::to_string(i * 37) + (i % 2 == 0 ? ",shoes\n" : ",books\n");
    import_items(context_, fixture_.task, {.read = {.sources = {fixture_.file("a.csv", text)}}, .certified = true});
  }
  std::int64_t train_one(const std::string& model, std::vector<std::pair<std::string, std::string>> set = {}) {
    return train(context_, fixture_.task, {.model = model, .set = std::move(set), .seed = 5, .threads = 1})
        .version.version;
  }
  void remove(std::int64_t version) {
    remove_version(context_, fixture_.task, require_version(context_, fixture_.task, std::to_string(version)));
  }
  template <typename Work>
  std::string refusal(ErrorCode code, const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing is refused";
    return "";
  }

  WorkflowFixture fixture_;
  WorkspaceEncoders encoders_{fixture_.context.workspace, fixture_.context.clock, fixture_.context.progress};
  Context context_{fixture_.context.workspace,
                   fixture_.context.clock,
                   fixture_.context.progress,
                   fixture_.cancel,
                   "tester",
                   encoders_};
};

TEST_F(Versions, M6_AreFoundWithWhatTheyWereTrainedWithOnTheirOwnSnapshotAlone) {
  import(0, 120);
  ASSERT_EQ(train_one("linear", {{"epochs", "2"}}), 1);
  SnapshotSupply same(context_.workspace, fixture_.task, 1), other(context_.workspace, fixture_.task, 2);
  const TrainedVersion found = same.find_version(1);
  EXPECT_EQ(found.model, "linear");
  EXPECT_EQ(found.seed, 5U);
  const std::pair<std::string, std::string> epochs = {"epochs", "2"};
  EXPECT_TRUE(std::ranges::count(found.parameters, epochs) == 1);
  EXPECT_TRUE(std::filesystem::exists(found.archive));
  EXPECT_THAT(refusal(ErrorCode::kFailedPrecondition, [&] { other.find_version(1); }),
              testing::AllOf(HasSubstr("snapshot 1"), HasSubstr("snapshot 2")));
  EXPECT_THAT(refusal(ErrorCode::kNotFound, [&] { same.find_version(7); }), HasSubstr("no version 7"));
}

// 3 is made of 1 and 2, and nothing in its own settings names the backbone of 2.
TEST_F(Versions, M6_AFusionKeepsTheBackboneOfAMemberWhoseVersionIsGone) {
  add_backbone(context_, "tiny", {.source = AISLE_TEST_DATA "/backbones/tiny"});
  import(0, 120);
  train_one("linear");
  train_one("sentence", {{"backbone", "tiny"}, {"precision", "f32"}});
  ASSERT_EQ(train_one("weighted", {{"members", "1,2"}}), 3);
  ASSERT_EQ(train_one("cascade", {{"first", "linear"}, {"second", "3"}, {"max_loss", "0.1"}}), 4);
  remove(2);
  EXPECT_THAT(refusal(ErrorCode::kFailedPrecondition, [&] { remove_backbone(context_, "tiny"); }),
              HasSubstr("3 of shop"));
  EXPECT_THAT(refusal(ErrorCode::kUnsupported,
                      [&] {
                        export_version(context_, fixture_.task, require_version(context_, fixture_.task, "4"),
                                       {.output = fixture_.file("marker", "") + ".onnx"});
                      }),
              HasSubstr("made of linear, 3, second.1, second.2"));
  // The fusion is trained once more for its answers, though one of its members is gone.
  EXPECT_EQ(train_one("cascade", {{"first", "1"}, {"second", "3"}, {"max_loss", "0.1"}}), 5);
  for (const std::int64_t version : {3, 4, 5}) remove(version);
  remove_backbone(context_, "tiny");
  EXPECT_TRUE(list_backbones(context_).empty());
}

}  // namespace
}  // namespace aisle
