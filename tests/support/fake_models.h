// Models for tests of serving: answers that follow from the words alone, so that a test can tell them beforehand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "model/classifier.h"
#include "serve/model_source.h"

namespace aisle::tests {

// The probability of a label is 1 + how often its text occurs in the item, divided by the sum over all labels.
class CountingClassifier : public Classifier {
 public:
  CountingClassifier(TaskKind kind, std::vector<std::string> fields, std::vector<std::string> labels) {
    card_.model = "counting";
    card_.kind = kind;
    card_.text_fields = std::move(fields);
    for (std::string& label : labels) card_.labels.push_back({label, "The " + label, 0});
    card_.rule.sure_limit = 0.5F;
    card_.rule.tag_limits.assign(card_.labels.size(), 0.4F);
  }

  const ModelCard& card() const override { return card_; }
  std::unique_ptr<Worker> new_worker() const override { return std::make_unique<CountingWorker>(card_); }

 private:
  static int count(const std::string& text, const std::string& word) {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  }

  class CountingWorker final : public Worker {
   public:
    explicit CountingWorker(const ModelCard& card) : card_(card) {}

    bool probabilities(const ItemView& item, std::span<float> out) override {
      float sum = 0;
      for (std::size_t k = 0; k < out.size(); ++k) {
        out[k] = 1;
        for (const std::string& text : item.texts) out[k] += static_cast<float>(count(text, card_.labels[k].label));
        sum += out[k];
      }
      for (float& probability : out) probability /= sum;
      return true;
    }

    Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override {
      Explanation explanation{label, {}};
      for (std::size_t i = 0; i < item.texts.size() && explanation.evidence.size() < limit; ++i) {
        const int found = count(item.texts[i], card_.labels[label].label);
        if (found > 0)
          explanation.evidence.push_back({card_.text_fields[i], card_.labels[label].label, static_cast<double>(found)});
      }
      return explanation;
    }

   private:
    const ModelCard& card_;
  };

  ModelCard card_;
};

// The same, answered in batches as networks do; `before` sees each of them and may hold or refuse it. Of one field,
// "title", unless told otherwise.
class DearClassifier final : public Classifier {
 public:
  using Before = std::function<void(std::span<const ItemView>)>;
  DearClassifier(std::size_t batch, Before before, std::vector<std::string> fields = {"title"})
      : inner_(TaskKind::kCategory, std::move(fields), {"games", "network", "science"}),
        batch_(batch),
        before_(std::move(before)) {}

  const ModelCard& card() const override { return inner_.card(); }
  std::size_t preferred_batch() const override { return batch_; }
  bool answers_at_once() const override { return true; }
  std::unique_ptr<Worker> new_worker() const override {
    const std::lock_guard lock(mutex_);
    if (workers_fail_) throw std::bad_alloc();
    return std::make_unique<DearWorker>(*this);
  }

  // While set, new_worker() finds no memory.
  void fail_workers(bool fails) const {
    const std::lock_guard lock(mutex_);
    workers_fail_ = fails;
  }
  // Of each batch, how many threads it was to use.
  std::vector<std::size_t> threads() const {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  class DearWorker final : public Worker {
   public:
    explicit DearWorker(const DearClassifier& model) : model_(model), inner_(model.inner_.new_worker()) {}
    bool probabilities(const ItemView& item, std::span<float> out) override {
      model_.before_({&item, 1});
      return inner_->probabilities(item, out);
    }
    void probabilities_of(std::span<const ItemView> items, std::span<float> out,
                          std::span<std::uint8_t> known) override {
      model_.before_(items);
      inner_->probabilities_of(items, out, known);
    }
    void use_threads(std::size_t threads) override {
      const std::lock_guard lock(model_.mutex_);
      model_.threads_.push_back(threads);
    }
    bool answer_at_once(const ItemView& item, std::span<float> out) override {  // what a cascade is sure of
      return item.texts.front().starts_with("sure") && inner_->probabilities(item, out);
    }
    Explanation explain(const ItemView& item, std::uint32_t label, std::size_t limit) override {
      return inner_->explain(item, label, limit);
    }

   private:
    const DearClassifier& model_;
    std::unique_ptr<Worker> inner_;
  };

  CountingClassifier inner_;
  std::size_t batch_;
  Before before_;
  mutable std::mutex mutex_;
  mutable bool workers_fail_ = false;
  mutable std::vector<std::size_t> threads_;
};

// Tasks and versions in memory. Thread-safe.
class FakeModelSource : public ModelSource {
 public:
  // Version 0: the task has no model yet.
  void set(const Task& task, std::int64_t version) {
    const std::lock_guard lock(mutex_);
    std::erase_if(refs_, [&](const ModelRef& ref) { return ref.task.name == task.name; });
    refs_.push_back({task, version, "counting", {}});
    ++counter_;
  }

  // Its models answer in batches.
  void set_dear(const Task& task, std::int64_t version, DearClassifier::Before before) {
    set(task, version);
    const std::lock_guard lock(mutex_);
    before_[task.name] = std::move(before);
  }

  void remove(const std::string& task) {
    const std::lock_guard lock(mutex_);
    std::erase_if(refs_, [&](const ModelRef& ref) { return ref.task.name == task; });
    ++counter_;
  }

  // While set, change_counter() or open_model() fails.
  void fail_reading(bool fails) {
    const std::lock_guard lock(mutex_);
    reading_fails_ = fails;
    ++counter_;
  }
  void fail_opening(bool fails) {
    const std::lock_guard lock(mutex_);
    opening_fails_ = fails;
    ++counter_;
  }
  int opened() const {
    const std::lock_guard lock(mutex_);
    return opened_;
  }

  std::int64_t change_counter() override {
    const std::lock_guard lock(mutex_);
    if (reading_fails_) throw Error(ErrorCode::kIo, "the disk is gone");
    return counter_;
  }

  std::vector<ModelRef> production_models() override {
    const std::lock_guard lock(mutex_);
    return refs_;
  }

  ModelRef find_model(std::string_view task, std::string_view version) override {
    const std::lock_guard lock(mutex_);
    for (ModelRef ref : refs_) {
      if (ref.task.name != task) continue;
      if (version == ref.model) return ref;
      if (version == "candidate") return ++ref.version, ref;
      if (version == "1" || version == std::to_string(ref.version))
        return ref.version = std::stoll(std::string(version)), ref;
    }
    throw Error(ErrorCode::kNotFound, "there is no version '" + std::string(version) + "'");
  }

  std::shared_ptr<const Classifier> open_model(const ModelRef& ref) override {
    const std::lock_guard lock(mutex_);
    if (opening_fails_) throw Error(ErrorCode::kCorrupt, "the archive is damaged");
    ++opened_;
    if (const auto dear = before_.find(ref.task.name); dear != before_.end())
      return std::make_shared<DearClassifier>(8, dear->second, ref.task.text_fields);
    return std::make_shared<CountingClassifier>(ref.task.kind, ref.task.text_fields,
                                                std::vector<std::string>{"games", "network", "science"});
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ModelRef> refs_;
  std::map<std::string, DearClassifier::Before> before_;
  std::int64_t counter_ = 1;
  bool reading_fails_ = false, opening_fails_ = false;
  int opened_ = 0;
};

}  // namespace aisle::tests
