#include "serve/other_versions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <map>
#include <mutex>

#include "core/error.h"
#include "serve/served_model.h"

namespace aisle {
namespace {

using std::chrono::steady_clock;

// Who asks for a version, and the end of the waiting.
struct Asked {
  Asked(OtherVersions& versions, const std::string& name, SteadyTime deadline = SteadyTime::max()) {
    opening->task = "apps";
    opening->version = name;
    opening->deadline = deadline;
    opening->wake.set([promise = promise] { promise->set_value(); });
    versions.open(opening);
  }
  bool is_answered() const { return done.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  std::shared_ptr<const ServedModel> model() {
    done.wait();
    if (opening->failure) std::rethrow_exception(opening->failure);
    return opening->model;
  }
  ErrorCode failure() {
    try {
      (void)model();
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "the version was opened";
    return ErrorCode::kInternal;
  }
  std::shared_ptr<Opening> opening = std::make_shared<Opening>();
  std::shared_ptr<std::promise<void>> promise = std::make_shared<std::promise<void>>();
  std::shared_future<void> done = promise->get_future();
};

// Versions 1 to 9 by number, 2 also as "candidate". 3 and 4 are held until released; 4 and 5 cannot be opened.
class OtherVersionsTest : public testing::Test {
 protected:
  ~OtherVersionsTest() override { release(); }
  void release() {
    if (!gate_.try_wait()) gate_.count_down();
  }
  int opened(std::int64_t version) {
    const std::lock_guard lock(mutex_);
    return opened_[version];
  }

 private:
  static ModelRef find(std::string_view name) {
    if (name != "candidate" && (name.size() != 1 || name < "1" || name > "9"))
      throw Error(ErrorCode::kNotFound, "there is no such version");
    ModelRef ref;
    ref.task.id = 7;
    ref.version = name == "candidate" ? 2 : name.front() - '0';
    return ref;
  }
  std::shared_ptr<const ServedModel> open(const ModelRef& ref) {
    {
      const std::lock_guard lock(mutex_);
      ++opened_[ref.version];
    }
    if (ref.version == 3 || ref.version == 4) gate_.wait();
    if (ref.version == 4 || ref.version == 5) throw Error(ErrorCode::kCorrupt, "the archive is damaged");
    auto model = std::make_shared<ServedModel>();
    model->task = ref.task;
    model->version = ref.version;
    return model;
  }

  std::latch gate_{1};
  std::mutex mutex_;
  std::map<std::int64_t, int> opened_;

 protected:
  OtherVersions versions_{[](std::string_view, std::string_view name) { return find(name); },
                          [this](const ModelRef& ref) { return open(ref); }, 2};
};

TEST_F(OtherVersionsTest, W7_AVersionIsOpenedOnceForAllWhoWaitUnderAnyName) {
  EXPECT_EQ(versions_.find("apps", "2"), nullptr);
  std::vector<Asked> asked;
  for (const char* name : {"2", "candidate", "2", "2"}) asked.emplace_back(versions_, name);
  for (Asked& one : asked) EXPECT_EQ(one.model()->version, 2);
  EXPECT_EQ(opened(2), 1);
  EXPECT_EQ(versions_.find("apps", "2"), asked.front().model());
  EXPECT_EQ(versions_.find("apps", "candidate"), asked.front().model());
  EXPECT_EQ(versions_.find("shop", "2"), nullptr);
}

TEST_F(OtherVersionsTest, W7_WhatIsSlowOrFailsHoldsUpNeitherNamesNorVersions) {
  std::vector<Asked> failing;
  for (int i = 0; i < 10; ++i) failing.emplace_back(versions_, "4");
  Asked good(versions_, "2"), typo(versions_, "typo");
  EXPECT_EQ(good.model()->version, 2);
  EXPECT_EQ(typo.failure(), ErrorCode::kNotFound);
  EXPECT_FALSE(failing.front().is_answered());
  release();
  for (Asked& one : failing) EXPECT_EQ(one.failure(), ErrorCode::kCorrupt);
  EXPECT_EQ(opened(4), 1);
}

TEST_F(OtherVersionsTest, W7_ANameIsToldWrongThoughAllLoadersAreBusy) {
  Asked first(versions_, "3"), second(versions_, "4"), third(versions_, "2"), typo(versions_, "typo");
  EXPECT_EQ(typo.failure(), ErrorCode::kNotFound);
  EXPECT_FALSE(first.is_answered());
  release();
  EXPECT_EQ(third.model()->version, 2);
  EXPECT_EQ(first.model()->version, 3);
  EXPECT_EQ(second.failure(), ErrorCode::kCorrupt);
}

TEST_F(OtherVersionsTest, W7_WhatFailedIsNotTriedAgainForAMoment) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Asked(versions_, "5").failure(), ErrorCode::kCorrupt);
  EXPECT_EQ(opened(5), 1);
}

TEST_F(OtherVersionsTest, P4_WhoWaitsPastTheDeadlineIsToldSoAndTheNextFindsItOpen) {
  const SteadyTime deadline = steady_clock::now() + std::chrono::hours(1);
  Asked late(versions_, "3", deadline), patient(versions_, "3");
  versions_.expire(deadline - std::chrono::seconds(1));
  EXPECT_FALSE(late.is_answered());
  while (!late.is_answered()) versions_.expire(deadline);  // its name may be being looked up just now
  EXPECT_EQ(late.failure(), ErrorCode::kOverloaded);
  EXPECT_FALSE(patient.is_answered());
  release();
  EXPECT_EQ(patient.model()->version, 3);
  EXPECT_EQ(versions_.find("apps", "3"), patient.model());
}

TEST_F(OtherVersionsTest, P4_SoManyMayWaitAndNoMore) {
  std::vector<Asked> waiting;
  for (int i = 0; i < 64; ++i) waiting.emplace_back(versions_, "3");
  EXPECT_THROW(Asked(versions_, "2"), Error);
  release();
  for (Asked& one : waiting) EXPECT_EQ(one.model()->version, 3);
  EXPECT_EQ(Asked(versions_, "2").model()->version, 2);
}

TEST_F(OtherVersionsTest, W7_NamesAreLookedUpAnewAndWhatIsOpenStaysOpenWithinItsBound) {
  const auto second = Asked(versions_, "2").model();
  versions_.forget_names();
  EXPECT_EQ(versions_.find("apps", "2"), nullptr);
  EXPECT_EQ(Asked(versions_, "candidate").model(), second);
  EXPECT_EQ(opened(2), 1);
  (void)Asked(versions_, "1").model();
  EXPECT_EQ(versions_.find("apps", "candidate"), second);  // used last
  (void)Asked(versions_, "6").model();
  EXPECT_EQ(versions_.find("apps", "1"), nullptr);
  EXPECT_EQ(versions_.find("apps", "candidate"), second);
}

}  // namespace
}  // namespace aisle
