#include "registry/registry.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "storage/workspace.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

class FixedClock final : public Clock {
 public:
  std::int64_t now_ms() const override { return 1234; }
};

// Blobs of a workspace, on a disk that may damage what it takes over.
class DamagingBlobs final : public BlobStore {
 public:
  explicit DamagingBlobs(BlobStore& blobs) : blobs_(blobs) {}
  std::unique_ptr<BlobHold> hold() override { return blobs_.hold(); }
  Digest put(std::string_view bytes) override { return blobs_.put(bytes); }
  Digest adopt(const std::filesystem::path& file) override {
    const Digest digest = blobs_.adopt(file);
    if (damage) write_file_atomically(path_of(digest), "damaged");
    return digest;
  }
  std::filesystem::path path_of(const Digest& digest) const override { return blobs_.path_of(digest); }
  bool contains(const Digest& digest) const override { return blobs_.contains(digest); }
  std::filesystem::path temporary_path(std::string_view purpose) override { return blobs_.temporary_path(purpose); }
  std::optional<CollectedBlobs> collect(const std::function<std::vector<Digest>()>& wanted,
                                        const CancelToken& cancel) override {
    return blobs_.collect(wanted, cancel);
  }
  bool damage = false;

 private:
  BlobStore& blobs_;
};

class CardOnly final : public Classifier {
 public:
  explicit CardOnly(ModelCard card) : card_(std::move(card)) {}
  const ModelCard& card() const override { return card_; }
  std::unique_ptr<Worker> new_worker() const override { return nullptr; }

 private:
  ModelCard card_;
};

// An archive here is a file whose bytes are its only text field; "broken" is none.
std::shared_ptr<const Classifier> open_named(const std::filesystem::path& archive) {
  const std::string field = read_file(archive, 1 << 20);
  if (field == "broken") throw Error(ErrorCode::kCorrupt, "not a model");
  ModelCard card;
  card.text_fields = {field.substr(0, field.find(' '))};
  return std::make_shared<CardOnly>(card);
}

class RegistryTest : public ::testing::Test {
 protected:
  ModelVersion add(const std::string& bytes) {
    const std::filesystem::path file = blobs_.temporary_path("model");
    write_file_atomically(file, bytes);
    ModelVersion draft;
    draft.model = "linear";
    return registry_.add(task_, draft, file);
  }
  static GateVerdict verdict(std::int64_t candidate, std::int64_t production, bool better) {
    const auto contender = [](std::int64_t version, double score) {
      Contender result{version, 1, 10, {}};
      result.measures.weighted_f1 = score;
      return result;
    };
    return compare(TaskKind::kCategory, contender(candidate, better ? 0.9 : 0.7), contender(production, 0.8));
  }
  std::int64_t production() { return registry_.resolve(task_, "production").version; }
  // The refusal of `call`, which is to be of `code`.
  template <typename Call>
  static std::string refusal(ErrorCode code, Call call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return describe(error);
    }
    ADD_FAILURE() << "nothing was refused";
    return "";
  }

  TemporaryFolder folder_;
  Workspace workspace_ = memory_workspace(folder_.path());
  DamagingBlobs blobs_{*workspace_.blobs};
  FixedClock clock_;
  Task task_ = workspace_.training->create_task({0, "apps", TaskKind::kCategory, {"title"}, "", 0});
  Registry registry_{*workspace_.training, blobs_, clock_, open_named};
};

bool names(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(RegistryTest, M12_AddStoresTheArchiveUnderItsDigest) {
  const ModelVersion version = add("title a");
  EXPECT_EQ(version.version, 1);
  EXPECT_EQ(version.model, "linear");
  EXPECT_EQ(version.archive, digest_of("title a").hex());
  EXPECT_EQ(version.model_bytes, 7);
  EXPECT_EQ(version.created_ms, 1234);
  EXPECT_EQ(registry_.open(version)->card().text_fields.front(), "title");
}

TEST_F(RegistryTest, M12_AddRefusesWhatIsNoModelOfTheTask) {
  refusal(ErrorCode::kCorrupt, [&] { add("broken"); });
  EXPECT_TRUE(names(refusal(ErrorCode::kInvalidArgument, [&] { add("body"); }), "other text fields"));
  blobs_.damage = true;
  EXPECT_TRUE(names(refusal(ErrorCode::kCorrupt, [&] { add("title"); }), "check the disk"));
  EXPECT_TRUE(registry_.list(task_).empty());
}

TEST_F(RegistryTest, M12_ResolvesNumbersAndAliases) {
  EXPECT_TRUE(names(refusal(ErrorCode::kNotFound, [&] { registry_.resolve(task_, "production"); }),
                    "`aisle train --task apps`"));
  add("title a");
  EXPECT_EQ(production(), 1);
  EXPECT_TRUE(names(refusal(ErrorCode::kNotFound, [&] { registry_.resolve(task_, "candidate"); }), "no candidate"));
  add("title b");
  EXPECT_EQ(registry_.resolve(task_, "candidate").version, 2);
  EXPECT_EQ(registry_.resolve(task_, "2").version, 2);
  EXPECT_TRUE(names(refusal(ErrorCode::kNotFound, [&] { registry_.resolve(task_, "9"); }), "the newest is 2"));
  for (const char* const bad : {"", "0", "-1", "1x", "latest", "99999999999999999999"}) {
    EXPECT_TRUE(names(refusal(ErrorCode::kInvalidArgument, [&] { registry_.resolve(task_, bad); }), "task apps"))
        << bad;
  }
}

TEST_F(RegistryTest, M12_PromotesOnlyWhatIsBetterUnlessForced) {
  add("title a");
  add("title b");
  const std::string words =
      refusal(ErrorCode::kPromotionRefused, [&] { registry_.promote(task_, verdict(2, 1, false), "ann", false); });
  EXPECT_TRUE(names(words, "0.7000") && names(words, "0.8000") && names(words, "--force")) << words;
  EXPECT_EQ(production(), 1);
  EXPECT_EQ(registry_.promote(task_, verdict(2, 1, false), "ann", true).action, "force");
  EXPECT_EQ(production(), 2);
  refusal(ErrorCode::kNotFound, [&] { registry_.resolve(task_, "candidate"); });

  add("title c");
  const Promotion promotion = registry_.promote(task_, verdict(3, 2, true), "bob", true);
  EXPECT_EQ(promotion.action, "promote");  // better: it needed no force
  EXPECT_EQ(promotion.actor, "bob");
  EXPECT_EQ(promotion.time_ms, 1234);
  refusal(ErrorCode::kFailedPrecondition, [&] { registry_.promote(task_, verdict(3, 2, true), "bob", false); });
}

TEST_F(RegistryTest, M12_PromotionIsRefusedWhenProductionHasChangedSinceTheComparison) {
  for (const char* const bytes : {"title a", "title b", "title c"}) add(bytes);
  registry_.promote(task_, verdict(2, 1, true), "ann", false);
  refusal(ErrorCode::kFailedPrecondition, [&] { registry_.promote(task_, verdict(3, 1, true), "bob", false); });
  EXPECT_EQ(production(), 2);
}

TEST_F(RegistryTest, M12_RollsBackStepByStep) {
  for (const char* const bytes : {"title a", "title b", "title c"}) add(bytes);
  EXPECT_TRUE(names(refusal(ErrorCode::kFailedPrecondition, [&] { registry_.rollback(task_, "ann"); }),
                    "no production before version 1"));
  registry_.promote(task_, verdict(2, 1, true), "ann", false);
  registry_.promote(task_, verdict(3, 2, true), "ann", false);
  EXPECT_EQ(registry_.rollback(task_, "ann").version, 2);
  EXPECT_EQ(registry_.rollback(task_, "ann").version, 1);
  EXPECT_EQ(production(), 1);
  refusal(ErrorCode::kFailedPrecondition, [&] { registry_.rollback(task_, "ann"); });
}

TEST_F(RegistryTest, M12_RollbackIsRefusedWhenThatVersionWasRemoved) {
  for (const char* const bytes : {"title a", "title b"}) add(bytes);
  registry_.promote(task_, verdict(2, 1, true), "ann", false);
  registry_.remove(task_, "1");
  const std::string words = refusal(ErrorCode::kFailedPrecondition, [&] { registry_.rollback(task_, "ann"); });
  EXPECT_TRUE(names(words, "version 1") && names(words, "was removed") && names(words, "models list")) << words;
  EXPECT_EQ(production(), 2);
}

TEST_F(RegistryTest, M12_ProductionIsNotRemoved) {
  for (const char* const bytes : {"title a", "title b"}) add(bytes);
  EXPECT_TRUE(names(refusal(ErrorCode::kFailedPrecondition, [&] { registry_.remove(task_, "production"); }),
                    "promote another one first"));
  EXPECT_EQ(registry_.remove(task_, "candidate").version, 2);
  EXPECT_EQ(registry_.list(task_).size(), 1U);
  EXPECT_EQ(add("title c").version, 3);  // numbers are not given again
}

TEST_F(RegistryTest, M12_LineageSaysWhoMadeItProduction) {
  for (const char* const bytes : {"title a", "title b"}) add(bytes);
  registry_.promote(task_, verdict(2, 1, true), "ann", false);
  registry_.rollback(task_, "bob");
  const Lineage lineage = registry_.lineage(task_, "1");
  ASSERT_EQ(lineage.promotions.size(), 2U);
  EXPECT_EQ(lineage.promotions[0].action, "rollback");
  EXPECT_EQ(lineage.promotions[0].actor, "bob");
  EXPECT_EQ(lineage.promotions[1].action, "first");
}

TEST_F(RegistryTest, OpeningADamagedArchiveNamesTheVersion) {
  const ModelVersion version = add("title a");
  write_file_atomically(blobs_.path_of(Digest::from_hex(version.archive)), "broken");
  EXPECT_TRUE(names(refusal(ErrorCode::kCorrupt, [&] { registry_.open(version); }), "version 1"));
}

}  // namespace
}  // namespace aisle
