// Tasks, runs, versions, users, logs and the change counter.
#include "contract/store_contract.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace aisle {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::ValuesIn(kStoreKinds), kind_name);

Run make_run() {
  Run run;
  run.model = "linear";
  run.snapshot = 3;
  run.parameters = {{"epochs", "20"}, {"ngrams", "1-2"}};
  run.environment = {{"compiler", "g++ \"12\""}};
  run.seed = 0xfedcba9876543210ULL;
  run.started_ms = 1000;
  return run;
}

ModelVersion make_version(const std::string& actor) {
  ModelVersion version;
  version.model = "linear";
  version.snapshot = 1;
  version.run = 2;
  version.archive = std::string(64, 'a');
  version.measures.accuracy = 0.8125;
  version.parameters = {{"seed", "1"}};
  version.actor = actor;
  version.created_ms = 9;
  return version;
}

Backbone make_backbone(const std::string& name, BackboneInput input) {
  Backbone backbone{.name = name, .digest = digest_of(name), .source = "a folder", .actor = "ann", .created_ms = 7};
  backbone.manifest.architecture = "some";
  backbone.manifest.input = input;
  if (input == BackboneInput::kText) backbone.manifest.text = {"first", true, 64};
  if (input == BackboneInput::kPicture)
    backbone.manifest.picture = {32, 40, true, "lanczos", {1, 2, 3}, {0.1, 0.2, 0.3}};
  backbone.manifest.features = 12;
  backbone.manifest.parameters = 345;
  backbone.manifest.files = {{std::string(kBackboneWeights), digest_of("weights of " + name), 99}};
  return backbone;
}

TEST_P(StoreContract, GivesATaskBack) {
  Task task = make_task("apps", TaskKind::kCategory);
  task.image_field = "icon";
  const Task made = store_->create_task(task);
  EXPECT_GT(made.id, 0);
  const auto found = store_->find_task("apps");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->kind, TaskKind::kCategory);
  EXPECT_THAT(found->text_fields, ElementsAre("title", "body"));
  EXPECT_EQ(found->image_field, "icon");
  EXPECT_EQ(found->created_ms, 5);
  EXPECT_FALSE(store_->find_task("nobody"));
}

TEST_P(StoreContract, ListsTasksByName) {
  store_->create_task(make_task("b"));
  store_->create_task(make_task("a"));
  std::vector<std::string> names;
  for (const Task& task : store_->list_tasks()) names.push_back(task.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "first"));
}

TEST_P(StoreContract, RefusesATaskTwiceAndABadName) {
  EXPECT_EQ(code_of([&] { store_->create_task(make_task("first")); }), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code_of([&] { store_->create_task(make_task("No Name")); }), ErrorCode::kInvalidArgument);
}

TEST_P(StoreContract, RemovesATaskWithAllThatBelongsToIt) {
  put(make_item("1", "t", {"a"}, ItemState::kCertified));
  store_->create_snapshot(task_, 1);
  store_->start_run(task_, make_run());
  store_->add_epoch(task_, 1, {1, 0.5, 0.6, 0.7, 1.0});
  store_->add_version(task_, make_version("ann"));
  const std::int64_t kept = store_->create_task(make_task("kept")).id;
  const NewItem item = make_item("1", "t");
  store_->put_items(kept, {&item, 1});
  store_->remove_task(task_);
  EXPECT_FALSE(store_->find_task("first"));
  const std::int64_t again = store_->create_task(make_task("first")).id;
  EXPECT_EQ(store_->count_items(again).certified, 0);
  EXPECT_TRUE(store_->list_labels(again).empty());
  EXPECT_TRUE(store_->list_snapshots(again).empty());
  EXPECT_TRUE(store_->list_runs(again).empty());
  EXPECT_TRUE(store_->list_versions(again).empty());
  EXPECT_TRUE(store_->find_item(kept, "1"));
}

TEST_P(StoreContract, KeepsARunWithItsEpochs) {
  const auto started = store_->start_run(task_, make_run());
  EXPECT_EQ(started.number, 1);
  store_->add_epoch(task_, 1, {1, 0.9, kUndefined, 0.25, 1.5});
  store_->add_epoch(task_, 1, {2, 0.8, 0.7, 0.5, 1.5});
  store_->add_epoch(task_, 1, {2, 0.75, 0.7, 0.5, 1.5});  // again after a resume
  auto ended = started;
  ended.state = RunState::kFailed;
  ended.failure = "diverged";
  ended.ended_ms = 2000;
  ended.train_seconds = 3.5;
  ended.peak_memory_bytes = std::int64_t{5} << 32;
  store_->finish_run(task_, ended);
  const auto run = store_->find_run(task_, 1);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->state, RunState::kFailed);
  EXPECT_EQ(run->failure, "diverged");
  EXPECT_EQ(run->parameters, started.parameters);
  EXPECT_EQ(run->environment, started.environment);
  EXPECT_EQ(run->seed, 0xfedcba9876543210ULL);
  EXPECT_EQ(run->peak_memory_bytes, std::int64_t{5} << 32);
  EXPECT_EQ(run->train_seconds, 3.5);
  ASSERT_EQ(run->epochs.size(), 2U);
  EXPECT_TRUE(std::isnan(run->epochs[0].validation_loss));
  EXPECT_EQ(run->epochs[0].validation_score, 0.25);
  EXPECT_EQ(run->epochs[1].train_loss, 0.75);
}

TEST_P(StoreContract, ListsRunsNewestFirst) {
  store_->start_run(task_, make_run());
  store_->start_run(task_, make_run());
  const auto runs = store_->list_runs(task_);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].number, 2);
  EXPECT_TRUE(std::isnan(runs[0].train_seconds));
  EXPECT_FALSE(store_->find_run(task_, 3));
  EXPECT_FALSE(store_->find_run(task_, 0));
  EXPECT_EQ(code_of([&] { store_->add_epoch(task_, 9, {}); }), ErrorCode::kNotFound);
  auto unknown = make_run();
  unknown.number = 9;
  EXPECT_EQ(code_of([&] { store_->finish_run(task_, unknown); }), ErrorCode::kNotFound);
}

TEST_P(StoreContract, M12_TheFirstVersionIsProductionALaterOneCandidate) {
  EXPECT_THAT(store_->add_version(task_, make_version("ann")).aliases, ElementsAre("production"));
  EXPECT_THAT(store_->add_version(task_, make_version("bob")).aliases, ElementsAre("candidate"));
  EXPECT_EQ(store_->add_version(task_, make_version("bob")).version, 3);
  EXPECT_EQ(store_->resolve_alias(task_, "production"), 1);
  EXPECT_EQ(store_->resolve_alias(task_, "candidate"), 3);
  EXPECT_FALSE(store_->resolve_alias(task_, "nothing"));
  EXPECT_THAT(store_->find_version(task_, 2)->aliases, IsEmpty());
  const auto promotions = store_->list_promotions(task_);
  ASSERT_EQ(promotions.size(), 1U);
  EXPECT_EQ(promotions[0].action, "first");
  EXPECT_EQ(promotions[0].actor, "ann");
}

TEST_P(StoreContract, GivesAVersionBack) {
  store_->add_version(task_, make_version("ann"));
  const auto version = store_->find_version(task_, 1);
  ASSERT_TRUE(version);
  EXPECT_EQ(version->measures.accuracy, 0.8125);
  EXPECT_TRUE(std::isnan(version->measures.jaccard));
  EXPECT_TRUE(std::isnan(version->train_seconds));
  EXPECT_EQ(version->archive, std::string(64, 'a'));
  EXPECT_EQ(version->parameters, make_version("").parameters);
  EXPECT_EQ(version->actor, "ann");
  EXPECT_FALSE(store_->find_version(task_, 2));
}

TEST_P(StoreContract, M12_PromotesOnlyOverWhatWasCompared) {
  store_->add_version(task_, make_version("ann"));
  store_->add_version(task_, make_version("ann"));
  store_->promote(task_, {2, 1, "bob", 50, "promote", "0.80 > 0.79"});
  EXPECT_EQ(store_->resolve_alias(task_, "production"), 2);
  EXPECT_FALSE(store_->resolve_alias(task_, "candidate"));
  EXPECT_EQ(code_of([&] { store_->promote(task_, {1, 1, "eve", 51, "force", ""}); }), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(code_of([&] { store_->promote(task_, {7, 2, "eve", 51, "force", ""}); }), ErrorCode::kNotFound);
  store_->add_version(task_, make_version("ann"));
  store_->promote(task_, {1, 2, "bob", 60, "rollback", ""});
  EXPECT_EQ(store_->resolve_alias(task_, "candidate"), 3);
  const auto promotions = store_->list_promotions(task_);
  ASSERT_EQ(promotions.size(), 3U);
  EXPECT_EQ(promotions[0].action, "rollback");
  EXPECT_EQ(promotions[1].reason, "0.80 > 0.79");
  EXPECT_EQ(promotions[1].previous, 1);
}

TEST_P(StoreContract, ARemovedVersionsNumberIsNotGivenAgain) {
  store_->add_version(task_, make_version("ann"));
  store_->add_version(task_, make_version("ann"));
  EXPECT_EQ(code_of([&] { store_->remove_version(task_, 1); }), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(code_of([&] { store_->remove_version(task_, 9); }), ErrorCode::kNotFound);
  store_->remove_version(task_, 2);
  EXPECT_FALSE(store_->resolve_alias(task_, "candidate"));
  EXPECT_EQ(store_->add_version(task_, make_version("ann")).version, 3);
  std::vector<std::int64_t> versions;
  for (const ModelVersion& version : store_->list_versions(task_)) versions.push_back(version.version);
  EXPECT_THAT(versions, ElementsAre(3, 1));
}

TEST_P(StoreContract, TheChangeCounterGrowsWithEveryCommit) {
  const std::int64_t before = store_->change_counter();
  EXPECT_EQ(store_->change_counter(), before);
  store_->list_tasks();
  EXPECT_EQ(store_->change_counter(), before);
  put(make_item("1", "t"));
  const std::int64_t after = store_->change_counter();
  EXPECT_GT(after, before);
  store_->create_task(make_task("more"));
  EXPECT_GT(store_->change_counter(), after);
}

TEST_P(StoreContract, KeepsBackbones) {
  const Backbone lite = make_backbone("lite0", BackboneInput::kPicture);
  const Backbone mini = make_backbone("all-minilm.l6", BackboneInput::kText);
  store_->add_backbone(lite);
  store_->add_backbone(mini);
  EXPECT_EQ(store_->find_backbone("lite0"), lite);
  EXPECT_THAT(store_->list_backbones(), ElementsAre(mini, lite));
  EXPECT_EQ(code_of([&] { store_->add_backbone(lite); }), ErrorCode::kAlreadyExists);
  store_->remove_backbone("lite0");
  EXPECT_FALSE(store_->find_backbone("lite0"));
  EXPECT_FALSE(store_->find_backbone(""));
  EXPECT_EQ(code_of([&] { store_->remove_backbone("lite0"); }), ErrorCode::kNotFound);
  EXPECT_THAT(store_->list_backbones(), ElementsAre(mini));
}

TEST_P(StoreContract, RefusesABackboneThatCannotBeNamedOnACommandLine) {
  for (const char* name : {"", "A", "-x", ".x", "a b", "a/b", "caf\xc3\xa9"})
    EXPECT_EQ(code_of([&] { store_->add_backbone({.name = name}); }), ErrorCode::kInvalidArgument) << name;
  EXPECT_EQ(code_of([&] { store_->add_backbone({.name = std::string(65, 'a')}); }), ErrorCode::kInvalidArgument);
}

TEST_P(StoreContract, KnowsAnOperatorAgain) {
  const std::int64_t ann = workspace_.users->ensure_operator("ann", 1);
  EXPECT_NE(workspace_.users->ensure_operator("bob", 2), ann);
  EXPECT_EQ(workspace_.users->ensure_operator("ann", 3), ann);
}

TEST_P(StoreContract, KeepsEvents) {
  workspace_.logs->add_event({1, "import", "apps", "ann", "{}"});
  workspace_.logs->add_event({2, "promotion", "apps", "bob", R"({"version":2})"});
  workspace_.logs->add_event({3, "import", "apps", "ann", "{}"});
  EXPECT_EQ(workspace_.logs->list_events("", 2).size(), 2U);
  EXPECT_EQ(workspace_.logs->list_events("", 9).front().time_ms, 3);
  const auto promotions = workspace_.logs->list_events("promotion", 9);
  ASSERT_EQ(promotions.size(), 1U);
  EXPECT_EQ(promotions[0].actor, "bob");
  EXPECT_EQ(promotions[0].detail, R"({"version":2})");
}

TEST_P(StoreContract, D7_NamesTheBlobsThatAreReferredTo) {
  Task pictured = make_task("pictured");
  pictured.image_field = "image";
  const std::int64_t task = store_->create_task(pictured).id;
  const auto blobs = [&] {
    std::vector<Digest> found = store_->list_blobs();
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  };
  const auto put_picture = [&](const std::string& picture) {
    NewItem item = make_item("1", "a", {"x"}, ItemState::kCertified);
    item.item.image = digest_of(picture).hex();
    item.content = content_digest(item.item);
    store_->put_items(task, {&item, 1});
  };
  const auto sorted = [](std::vector<Digest> digests) {
    std::sort(digests.begin(), digests.end());
    return digests;
  };
  EXPECT_THAT(blobs(), IsEmpty());
  put_picture("in the snapshot");
  store_->create_snapshot(task, 1);
  put_picture("replaced before any snapshot");
  put_picture("now");
  EXPECT_EQ(blobs(), sorted({digest_of("in the snapshot"), digest_of("now")}));
  ModelVersion version = make_version("me");
  version.archive = digest_of("first").hex();
  store_->add_version(task_, version);
  version.archive = digest_of("second").hex();
  store_->add_version(task_, version);
  EXPECT_EQ(blobs(), sorted({digest_of("in the snapshot"), digest_of("now"), digest_of("first"), digest_of("second")}));
  store_->add_backbone(make_backbone("lite0", BackboneInput::kPicture));
  EXPECT_THAT(blobs(), Contains(digest_of("weights of lite0")));
  store_->remove_backbone("lite0");
  store_->remove_version(task_, 2);
  store_->remove_task(task);
  EXPECT_EQ(blobs(), sorted({digest_of("first")}));
}

}  // namespace
}  // namespace aisle
