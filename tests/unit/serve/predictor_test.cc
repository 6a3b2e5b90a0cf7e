#include "serve/predictor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "core/error.h"
#include "serve/session.h"
#include "support/fake_models.h"

namespace aisle {
namespace {

using tests::FakeModelSource;

const Task kApps{1, "apps", TaskKind::kCategory, {"title"}, "", 0};
constexpr PredictorOptions kQuick{5, 2};

Metrics& metrics() {
  static Metrics kept({});
  return kept;
}

// Waits for what a watcher does; the bound is that of the contract.
bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 400; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return holds();
}

std::int64_t version_of(const Predictor& predictor, std::string_view task = "apps") {
  const auto table = predictor.table();
  const ServedTask* served = table->find(task);
  return served != nullptr && served->production != nullptr ? served->production->version : 0;
}

TEST(Predictor, ServesWhatIsInProductionFromTheStart) {
  FakeModelSource source;
  source.set(kApps, 3);
  Predictor predictor(source, metrics(), kQuick);
  EXPECT_EQ(version_of(predictor), 3);
  EXPECT_TRUE(predictor.reasons_not_ready().empty());
  PredictSession session(predictor);
  const std::vector<std::string> texts = {"games games network"};
  const Prediction& prediction = session.predict(session.select("apps", ""), {texts}, 2);
  ASSERT_EQ(prediction.labels.size(), 2U);
  EXPECT_FLOAT_EQ(prediction.labels[0].probability, 0.5F);
  EXPECT_EQ(session.explain(session.select("apps", ""), {texts}, 5).evidence.size(), 1U);
}

TEST(Predictor, W7_APromotionIsSeenAndOldRequestsFinishOnTheOldVersion) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), kQuick);
  PredictSession session(predictor);
  const auto old = session.select("apps", "");
  source.set(kApps, 2);
  ASSERT_TRUE(soon([&] { return version_of(predictor) == 2; }));
  EXPECT_EQ(session.select("apps", "")->version, 2);
  const std::vector<std::string> texts = {"games"};
  EXPECT_EQ(session.predict(old, {texts}, 1).labels.front().label, 0U);
}

TEST(Predictor, AnOldModelIsFreedWhenNobodyUsesIt) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), kQuick);
  PredictSession session(predictor);
  const std::vector<std::string> texts = {"games"};
  std::weak_ptr<const ServedModel> old;
  {
    const auto model = session.select("apps", "");
    session.predict(model, {texts}, 1);
    old = model;
  }
  source.set(kApps, 2);
  ASSERT_TRUE(soon([&] { return version_of(predictor) == 2; }));
  session.refresh();
  EXPECT_TRUE(soon([&] { return old.expired(); }));
}

TEST(Predictor, AVersionThatCannotBeOpenedLeavesTheOldOneServing) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), kQuick);
  source.fail_opening(true);
  source.set(kApps, 2);
  ASSERT_TRUE(soon([&] { return !predictor.reasons_not_ready().empty(); }));
  EXPECT_NE(predictor.reasons_not_ready().front().find("the archive is damaged"), std::string::npos);
  EXPECT_EQ(version_of(predictor), 1);
  source.fail_opening(false);
  ASSERT_TRUE(soon([&] { return version_of(predictor) == 2; }));
  EXPECT_TRUE(predictor.reasons_not_ready().empty());
}

TEST(Predictor, ASourceThatCannotBeReadIsAReasonAndServingGoesOn) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), kQuick);
  source.fail_reading(true);
  ASSERT_TRUE(soon([&] { return !predictor.reasons_not_ready().empty(); }));
  EXPECT_EQ(version_of(predictor), 1);
  source.fail_reading(false);
  EXPECT_TRUE(soon([&] { return predictor.reasons_not_ready().empty(); }));
}

TEST(Predictor, ATaskMadeAnewUnderItsNameDoesNotAnswerWithTheOldModel) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), kQuick);
  Task anew = kApps;
  anew.id = 2;
  source.set(anew, 0);
  ASSERT_TRUE(soon([&] { return version_of(predictor) == 0; }));
  PredictSession session(predictor);
  EXPECT_THROW(session.select("apps", ""), Error);
}

std::shared_ptr<const ServedModel> other_version(Predictor& predictor, const std::string& version) {
  if (auto model = predictor.find_other("apps", version)) return model;
  const auto opening = std::make_shared<Opening>();
  std::promise<void> done;
  opening->task = "apps";
  opening->version = version;
  opening->wake.set([&] { done.set_value(); });
  predictor.open_other(opening);
  done.get_future().wait();
  if (opening->failure) std::rethrow_exception(opening->failure);
  return opening->model;
}

TEST(Predictor, OtherVersionsAreKeptOpenWithinTheirBound) {
  FakeModelSource source;
  source.set(kApps, 3);
  Predictor predictor(source, metrics(), kQuick);
  EXPECT_EQ(other_version(predictor, "1")->version, 1);
  EXPECT_EQ(other_version(predictor, "1")->version, 1);
  EXPECT_EQ(source.opened(), 2);
  EXPECT_EQ(other_version(predictor, "3")->serial, predictor.table()->find("apps")->production->serial);
  EXPECT_EQ(other_version(predictor, "candidate")->version, 4);
  EXPECT_EQ(other_version(predictor, "1")->version, 1);  // the oldest had to go
  EXPECT_EQ(source.opened(), 4);
  EXPECT_THROW(other_version(predictor, "77"), Error);
}

const Task kShop{2, "shop", TaskKind::kCategory, {"title"}, "", 0};

// Opening task "shop" may be held, or fail.
class ShopSource final : public FakeModelSource {
 public:
  std::shared_ptr<const Classifier> open_model(const ModelRef& ref) override {
    if (ref.task.name == "shop") {
      ++attempts;
      while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (broken) throw Error(ErrorCode::kCorrupt, "the archive is damaged");
    }
    return FakeModelSource::open_model(ref);
  }
  std::atomic<bool> held{false}, broken{false};
  std::atomic<int> attempts{0};
};

TEST(Predictor, W7_WhatIsOpenStaysOpenWhileAnotherTasksModelIsBroken) {
  ShopSource source;
  source.broken = true;
  source.set(kApps, 3);
  source.set(kShop, 1);
  Predictor predictor(source, metrics(), kQuick);
  const auto other = other_version(predictor, "1");
  const std::uint64_t generation = predictor.generation();
  ASSERT_TRUE(soon([&] { return source.attempts >= 4; }));
  EXPECT_EQ(predictor.find_other("apps", "1"), other);
  EXPECT_EQ(predictor.generation(), generation);
  EXPECT_EQ(source.opened(), 2);
  source.broken = false;
  EXPECT_TRUE(soon([&] { return version_of(predictor, "shop") == 1; }));
  EXPECT_EQ(predictor.find_other("apps", "1"), other);
}

TEST(Predictor, W7_ABrokenModelIsTriedLessAndLessOften) {
  ShopSource source;
  source.broken = true;
  source.set(kShop, 1);
  Predictor predictor(source, metrics(), kQuick);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_GE(source.attempts, 2);
  EXPECT_LE(source.attempts, 8);  // after 5, 10, 20, ... ms, not every 5
}

TEST(Predictor, W7_AModelThatIsSlowToOpenHoldsUpNoPromotionOfAnotherTask) {
  ShopSource source;
  source.set(kApps, 1);
  source.set(kShop, 1);
  Predictor predictor(source, metrics(), kQuick);
  source.held = true;
  source.set(kShop, 2);
  ASSERT_TRUE(soon([&] { return source.attempts == 2; }));
  source.set(kApps, 2);
  EXPECT_TRUE(soon([&] { return version_of(predictor) == 2; }));
  EXPECT_EQ(version_of(predictor, "shop"), 1);
  EXPECT_TRUE(predictor.reasons_not_ready().empty());
  source.held = false;
  EXPECT_TRUE(soon([&] { return version_of(predictor, "shop") == 2; }));
}

TEST(Predictor, W7_WhatWasRolledBackWhileItWasOpenedIsNotServed) {
  ShopSource source;
  source.set(kShop, 1);
  Predictor predictor(source, metrics(), kQuick);
  source.held = true;
  source.set(kShop, 2);
  ASSERT_TRUE(soon([&] { return source.attempts == 2; }));
  source.set(kShop, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  source.held = false;
  ASSERT_TRUE(soon([&] { return source.opened() == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(version_of(predictor, "shop"), 1);
  source.set(kShop, 3);
  EXPECT_TRUE(soon([&] { return version_of(predictor, "shop") == 3; }));
}

// Says on which thread it was freed.
class Mortal final : public tests::CountingClassifier {
 public:
  explicit Mortal(std::promise<std::thread::id>& freed)
      : CountingClassifier(TaskKind::kCategory, {"title"}, {"games"}), freed_(freed) {}
  ~Mortal() override { freed_.set_value(std::this_thread::get_id()); }

 private:
  std::promise<std::thread::id>& freed_;
};

TEST(ModelBin, P4_AModelIsNotFreedByTheThreadThatLetsGoOfIt) {
  const auto bin = std::make_shared<ModelBin>();
  std::promise<std::thread::id> freed, later;
  auto model = std::make_unique<ServedModel>();
  model->classifier = std::make_shared<Mortal>(freed);
  bin->share(std::move(model)).reset();
  auto thread = freed.get_future();
  EXPECT_EQ(thread.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  std::jthread cleaner([&] { bin->empty(); });
  EXPECT_EQ(thread.get(), cleaner.get_id());
  bin->close();
  model = std::make_unique<ServedModel>();
  model->classifier = std::make_shared<Mortal>(later);
  bin->share(std::move(model)).reset();
  EXPECT_EQ(later.get_future().get(), std::this_thread::get_id());
}

TEST(Predictor, WhatDoesNotExistIsNamed) {
  FakeModelSource source;
  Predictor predictor(source, metrics(), kQuick);
  EXPECT_FALSE(predictor.reasons_not_ready().empty());
  try {
    (void)predictor.table()->require("apps");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST(Predictor, SwapsUnderLoadTearNoRequest) {
  FakeModelSource source;
  source.set(kApps, 1);
  Predictor predictor(source, metrics(), {1, 2});
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      PredictSession session(predictor);
      const std::vector<std::string> texts = {"games games network"};
      std::int64_t last = 0;
      while (!done) {
        const auto model = session.select("apps", "");
        const Prediction& prediction = session.predict(model, {texts}, 3);
        if (model->version < last || prediction.labels.front().probability != 0.5F) ++wrong;
        last = model->version;
      }
    });
  }
  for (int version = 2; version < 60; ++version) {
    source.set(kApps, version);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(soon([&] { return version_of(predictor) == 59; }));
  done = true;
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace aisle
