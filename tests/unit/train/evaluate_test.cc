#include "train/evaluate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "domain/limits.h"
#include "support/vector_source.h"

namespace aisle {
namespace {

// Answers with probabilities that only depend on the item's first text, so a test can know them.
class TextClassifier final : public Classifier {
 public:
  TextClassifier(TaskKind kind, std::vector<std::string> labels) {
    card_.model = "text";
    card_.kind = kind;
    card_.text_fields = {"title", "body"};
    for (std::string& label : labels) card_.labels.push_back({label, label, 0});
    card_.rule.sure_limit = 0.5F;
    card_.rule.tag_limits.assign(card_.labels.size(), 0.5F);
  }

  class TextWorker final : public Worker {
   public:
    explicit TextWorker(const TextClassifier& classifier) : classifier_(classifier) {}
    bool probabilities(const ItemView& item, std::span<float> out) override {
      classifier_.answer(item.texts[0], out);
      return true;
    }
    Explanation explain(const ItemView&, std::uint32_t label, std::size_t) override { return {label, {}}; }

   private:
    const TextClassifier& classifier_;
  };

  const ModelCard& card() const override { return card_; }
  std::unique_ptr<Worker> new_worker() const override {
    ++workers_;
    return std::make_unique<TextWorker>(*this);
  }
  void answer(std::string_view text, std::span<float> out) const {
    Random random(hash64(text));
    float sum = 0;
    for (float& p : out) sum += p = static_cast<float>(random.uniform());
    if (text == "nan") out[0] = NAN;
    if (card_.kind == TaskKind::kTags) return;
    for (float& p : out) p /= sum;
  }
  int workers() const { return workers_; }

 private:
  ModelCard card_;
  mutable std::atomic<int> workers_ = 0;
};

class KeptMessages final : public Progress {
 public:
  void update(const ProgressEvent& event) override { done = event.done; }
  void message(std::string_view text) override { messages.emplace_back(text); }
  std::uint64_t done = 0;
  std::vector<std::string> messages;
};

Item item(const std::string& id, const std::string& text, std::vector<std::string> labels) {
  Item result;
  result.id = id;
  result.texts = {text, "body"};
  result.labels = std::move(labels);
  return result;
}

const std::vector<std::string> kLabels = {"apple", "berry", "cherry", "date"};

std::vector<Item> random_items(std::size_t count, bool tags) {
  Random random(11);
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> labels;
    for (const std::string& label : kLabels) {
      if (tags ? random.below(3) == 0 : labels.empty() && (random.below(4) == 0 || label == kLabels.back()))
        labels.push_back(label);
    }
    items.push_back(item("item " + std::to_string(i), "text " + std::to_string(i), labels));
  }
  return items;
}

Evaluation run(const Classifier& classifier, std::vector<Item> items, std::size_t threads) {
  VectorSource source(std::move(items));
  SilentProgress progress;
  const CancelToken cancel;
  return evaluate(classifier, source, threads, progress, cancel);
}

// Everything but the time, as text that can be compared.
std::string written(Evaluation evaluation) {
  evaluation.seconds = 0;
  return html_report({"t", "s", "c"}, evaluation);
}

TEST(Evaluate, M9_IsTheSameWithAnyNumberOfThreads) {
  for (const bool tags : {false, true}) {
    const TextClassifier classifier(tags ? TaskKind::kTags : TaskKind::kCategory, kLabels);
    const std::vector<Item> items = random_items(5000, tags);
    const Evaluation one = run(classifier, items, 1), four = run(classifier, items, 4);
    EXPECT_EQ(one.measures.expected_calibration_error, four.measures.expected_calibration_error);
    EXPECT_EQ(one.measures.weighted_f1, four.measures.weighted_f1);
    EXPECT_EQ(written(one), written(four));
    EXPECT_EQ(one.items, 5000);
    EXPECT_EQ(one.classes, 4);
    EXPECT_EQ(one.mistakes.size(), 50U);
    EXPECT_LE(classifier.workers(), 5);  // one a thread, not one an item
  }
}

TEST(Evaluate, M9_CountsWhatTheClassifierAnswers) {
  const TextClassifier classifier(TaskKind::kCategory, kLabels);
  std::vector<Item> items;
  std::int64_t right = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<float> p(4);
    const std::string text = "text " + std::to_string(i);
    classifier.answer(text, p);
    const auto top = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    const std::size_t truth = i % 3 == 0 ? (top + 1) % 4 : top;
    right += truth == top ? 1 : 0;
    items.push_back(item(std::to_string(i), text, {kLabels[truth]}));
  }
  const Evaluation evaluation = run(classifier, items, 2);
  EXPECT_DOUBLE_EQ(evaluation.measures.accuracy, static_cast<double>(right) / 200);
  ASSERT_FALSE(evaluation.mistakes.empty());
  for (std::size_t i = 1; i < evaluation.mistakes.size(); ++i) {
    EXPECT_GE(evaluation.mistakes[i - 1].probability, evaluation.mistakes[i].probability);
    EXPECT_NE(evaluation.mistakes[i].truth, evaluation.mistakes[i].answer);
  }
}

TEST(Evaluate, M9_LabelThatTheModelDoesNotKnowCountsAsWrong) {
  const TextClassifier classifier(TaskKind::kCategory, kLabels);
  const Evaluation evaluation =
      run(classifier, {item("a", "x", {"zebra"}), item("b", "y", {"yak"}), item("c", "z", {"zebra"})}, 1);
  EXPECT_EQ(evaluation.unknown_labels, 3);
  EXPECT_EQ(evaluation.measures.accuracy, 0);
  EXPECT_EQ(evaluation.per_class.front().label, "zebra");
  EXPECT_EQ(evaluation.per_class.front().support, 2);
  EXPECT_EQ(evaluation.per_class.size(), 6U);

  const TextClassifier tags(TaskKind::kTags, kLabels);
  std::vector<float> p(4);
  tags.answer("x", p);
  std::vector<std::string> truth = {"zebra"};
  for (std::size_t i = 0; i < 4; ++i) {
    if (p[i] >= 0.5F) truth.push_back(kLabels[i]);
  }
  const Evaluation tagged = run(tags, {item("a", "x", truth)}, 1);
  EXPECT_EQ(tagged.unknown_labels, 1);
  EXPECT_EQ(tagged.measures.all_right, 0);
  EXPECT_LT(tagged.measures.micro_f1, 1);
}

TEST(Evaluate, UnlabelledItemsOfACategoryAreLeftOutAndSaid) {
  const TextClassifier classifier(TaskKind::kCategory, kLabels);
  VectorSource source({item("a", "x", {}), item("b", "y", {"apple"})});
  KeptMessages progress;
  const CancelToken cancel;
  EXPECT_EQ(evaluate(classifier, source, 1, progress, cancel).items, 1);
  EXPECT_EQ(progress.done, 1U);
  ASSERT_EQ(progress.messages.size(), 1U);
  EXPECT_NE(progress.messages[0].find("1 items have no label"), std::string::npos);
  // An item without tags is an item whose tags are none.
  EXPECT_EQ(run(TextClassifier(TaskKind::kTags, kLabels), {item("a", "x", {})}, 1).items, 1);
}

TEST(Evaluate, NoItemsLeaveMeasuresUndefined) {
  const Evaluation evaluation = run(TextClassifier(TaskKind::kCategory, kLabels), {}, 2);
  EXPECT_EQ(evaluation.items, 0);
  EXPECT_TRUE(std::isnan(evaluation.measures.accuracy));
  EXPECT_EQ(evaluation.classes, 4);
}

TEST(Evaluate, MistakesShowTheStartOfTheTextOnOneLine) {
  std::string text = "first\nline ";
  while (text.size() < 1000) text += "\u00E9";
  const Evaluation evaluation = run(TextClassifier(TaskKind::kCategory, kLabels), {item("a", text, {"zebra"})}, 1);
  ASSERT_EQ(evaluation.mistakes.size(), 1U);
  const std::string& shown = evaluation.mistakes[0].text;
  EXPECT_TRUE(shown.starts_with("first line \u00E9"));
  EXPECT_TRUE(shown.ends_with("\u00E9\u2026"));  // not in the middle of a character
  EXPECT_LT(shown.size(), 260U);
}

TEST(Evaluate, BadInputNamesTheItem) {
  const TextClassifier classifier(TaskKind::kCategory, kLabels);
  const auto refused = [&](std::vector<Item> items, ErrorCode code) {
    try {
      run(classifier, std::move(items), 2);
      ADD_FAILURE() << "nothing was refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_NE(describe(error).find("bad one"), std::string::npos) << describe(error);
    }
  };
  refused({item("bad one", "x", {"apple", "berry"})}, ErrorCode::kInvalidArgument);
  refused({item("bad one", "nan", {"apple"})}, ErrorCode::kCorrupt);
  Item other = item("bad one", "x", {"apple"});
  other.texts.pop_back();
  refused({other}, ErrorCode::kInvalidArgument);
}

TEST(Evaluate, StopsWhenCancelled) {
  const TextClassifier classifier(TaskKind::kCategory, kLabels);
  VectorSource source(random_items(500, false));
  SilentProgress progress;
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THROW(evaluate(classifier, source, 2, progress, cancel), Error);
}

TEST(Evaluate, TooManyForeignLabelsAreRefused) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < 2 * limits::kLabelsPerTask; ++i)
    items.push_back(item(std::to_string(i), "x", {std::to_string(i)}));
  EXPECT_THROW(run(TextClassifier(TaskKind::kCategory, kLabels), std::move(items), 2), Error);
}

}  // namespace
}  // namespace aisle
