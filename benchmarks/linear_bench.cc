// Trains and measures the linear model on a JSONL file, phase by phase: linear_bench FILE [--tags N] [--fold I/N]
// [--threads N] [--set key=value]... The parts are those of an import (a keyed hash of the group).
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/clock.h"
#include "core/digest.h"
#include "core/files.h"
#include "model/classifier.h"
#include "support/vector_source.h"
#include "train/trainer.h"

namespace {

using namespace aisle;

double cpu_seconds() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

class Phases final : public Progress {
 public:
  explicit Phases(bool quiet) : quiet_(quiet) {}
  void update(const ProgressEvent& event) override {
    if (event.stage == stage_) return;
    end();
    stage_ = event.stage;
    watch_ = Stopwatch();
    cpu_ = cpu_seconds();
  }
  void message(std::string_view text) override {
    if (!quiet_) std::fprintf(stderr, "  %.*s\n", static_cast<int>(text.size()), text.data());
  }
  void end() {
    if (!stage_.empty() && !quiet_)
      std::fprintf(stderr, "  %-24s %6.3f s  cpu %6.3f\n", stage_.c_str(), watch_.seconds(), cpu_seconds() - cpu_);
  }

 private:
  bool quiet_;
  std::string stage_;
  Stopwatch watch_;
  double cpu_ = 0;
};

struct Options {
  std::string file;
  std::size_t tags = 0, threads = 2, folds = 0, fold = 0, copies = 1;
  bool quiet = false;
  std::vector<std::pair<std::string, std::string>> set;
};

std::vector<Item> load(const Options& options, Task& task) {
  std::ifstream in(options.file);
  std::vector<Item> items;
  std::string line;
  std::map<std::string, int> counts;
  for (const char* field : {"title", "summary", "body"}) task.text_fields.emplace_back(field);
  if (options.file.find("apps") == std::string::npos) task.text_fields = {"title", "body"};
  while (std::getline(in, line)) {
    const auto json = nlohmann::json::parse(line);
    Item item;
    item.id = json.at("id");
    for (const std::string& field : task.text_fields) item.texts.push_back(json.value(field, ""));
    if (json.at("label").is_array())
      item.labels = json.at("label");
    else
      item.labels = {json.at("label")};
    for (const std::string& label : item.labels) ++counts[label];
    item.group = json.value("group", "");
    item.split = assigned_split(item.group.empty() ? item.id : item.group);
    if (json.contains("split")) item.split = parse_split(std::string(json["split"]));
    if (options.folds > 0)
      item.split = hash64(item.group.empty() ? item.id : item.group, 1) % options.folds == options.fold ? Split::kTest
                                                                                                        : Split::kTrain;
    items.push_back(std::move(item));
  }
  if (options.tags > 0) {
    std::vector<std::pair<int, std::string>> order;
    for (const auto& [label, count] : counts) order.emplace_back(-count, label);
    std::ranges::sort(order);
    std::set<std::string> keep;
    for (std::size_t i = 0; i < std::min(options.tags, order.size()); ++i) keep.insert(order[i].second);
    for (Item& item : items)
      std::erase_if(item.labels, [&](const std::string& label) { return !keep.contains(label); });
    std::erase_if(items, [](const Item& item) { return item.labels.empty(); });
  }
  const std::size_t base = items.size();
  for (std::size_t copy = 1; copy < options.copies; ++copy) {
    for (std::size_t i = 0; i < base; ++i) {
      Item item = items[i];
      item.id += "#" + std::to_string(copy);
      for (std::string& text : item.texts) {
        for (std::size_t at = 0; at + 1 < text.size(); ++at) {
          if (text[at] == ' ' && hash64(item.id, at) % 5 == 0)
            text[at + 1] = static_cast<char>('a' + hash64(item.id, at + 1) % 26);
        }
      }
      items.push_back(std::move(item));
    }
  }
  return items;
}

void measure(const Classifier& model, const std::vector<Item>& items) {
  const ModelCard& card = model.card();
  std::map<std::string, std::uint32_t> index;
  for (std::uint32_t k = 0; k < card.labels.size(); ++k) index[card.labels[k].label] = k;
  auto worker = model.new_worker();
  std::vector<float> p(card.labels.size());
  Prediction prediction;
  double n = 0, right = 0, tp = 0, answered = 0, truths = 0, jaccard = 0, sure = 0, sure_right = 0;
  std::vector<double> bin_n(15), bin_p(15), bin_y(15);
  double bytes = 0;
  for (const Item& item : items) {
    if (item.split != Split::kTest) continue;
    for (const auto& text : item.texts) bytes += static_cast<double>(text.size());
    worker->probabilities(view(item), p);
    decide(card, p, 5, prediction);
    ++n;
    std::set<std::string> truth(item.labels.begin(), item.labels.end());
    if (card.kind == TaskKind::kCategory) {
      const LabelScore& top = prediction.labels[0];
      const bool hit = truth.contains(card.labels[top.label].label);
      right += hit;
      if (prediction.decision == Decision::kSure) ++sure, sure_right += hit;
      const auto bin = std::min<std::size_t>(14, static_cast<std::size_t>(top.probability * 15));
      ++bin_n[bin], bin_p[bin] += top.probability, bin_y[bin] += hit;
    } else {
      double both = 0, chosen = 0;
      for (const LabelScore& score : prediction.labels) {
        if (!score.selected) continue;
        ++chosen;
        both += truth.contains(card.labels[score.label].label);
      }
      tp += both, answered += chosen, truths += static_cast<double>(truth.size());
      jaccard += both / (chosen + static_cast<double>(truth.size()) - both);
      sure += chosen > 0;
      for (std::size_t k = 0; k < p.size(); ++k) {
        if (p[k] < 0.01F) continue;
        const auto bin = std::min<std::size_t>(14, static_cast<std::size_t>(p[k] * 15));
        ++bin_n[bin], bin_p[bin] += p[k], bin_y[bin] += truth.contains(card.labels[k].label);
      }
    }
  }
  double ece = 0, all = 0;
  for (std::size_t b = 0; b < 15; ++b) all += bin_n[b], ece += std::abs(bin_p[b] - bin_y[b]);
  ece /= all;
  if (getenv("BINS"))
    for (std::size_t b = 0; b < 15; ++b)
      std::fprintf(stderr, "bin %zu n %.0f p %.3f y %.3f\n", b, bin_n[b], bin_p[b] / bin_n[b], bin_y[b] / bin_n[b]);
  if (card.kind == TaskKind::kCategory) {
    std::printf("test %.0f accuracy %.4f ece %.4f coverage %.3f sure_precision %.4f", n, right / n, ece, sure / n,
                sure_right / sure);
  } else {
    std::printf("test %.0f micro_f1 %.4f jaccard %.4f ece %.4f coverage %.3f", n, 2 * tp / (answered + truths),
                jaccard / n, ece, sure / n);
  }
  std::size_t done = 0;
  const double before = cpu_seconds();
  for (int round = 0; round < 3; ++round) {
    for (const Item& item : items) {
      if (item.split != Split::kTest) continue;
      worker->probabilities(view(item), p);
      decide(card, p, 3, prediction);
      ++done;
    }
  }
  std::printf("  predict %.2f us (%.0f bytes)\n", 1e6 * (cpu_seconds() - before) / static_cast<double>(done),
              bytes / n);
}

int run(const Options& options) {
  Task task;
  task.name = "bench";
  std::vector<Item> items = load(options, task);
  bool several = false;
  for (const Item& item : items) several |= item.labels.size() > 1;
  task.kind = several ? TaskKind::kTags : TaskKind::kCategory;
  const Trainer& trainer = find_trainer("linear");
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("linear_bench." + std::to_string(getpid()));
  std::vector<Item> tests;
  std::ranges::copy_if(items, std::back_inserter(tests), [](const Item& item) { return item.split == Split::kTest; });
  VectorSource source(std::move(items));  // moved: a copy would count as memory of the training
  Phases phases(options.quiet);
  CancelToken cancel;
  const TrainCallbacks callbacks{phases, cancel, [&](const EpochMetrics& m) {
                                   if (!options.quiet)
                                     std::fprintf(stderr, "  epoch %d train %.4f validation %.4f score %.4f %.3f s\n",
                                                  m.epoch, m.train_loss, m.validation_loss, m.validation_score,
                                                  m.seconds);
                                 }};
  const double cpu = cpu_seconds();
  const Stopwatch watch;
  trainer.train({task, {}, source, merge_parameters(trainer, options.set), 1, options.threads, path}, callbacks);
  std::printf("train wall %.3f cpu %.3f ", watch.seconds(), cpu_seconds() - cpu);
  std::printf("model %.1f MB peak %.0f MB ", static_cast<double>(std::filesystem::file_size(path)) / 1e6,
              static_cast<double>(peak_memory_bytes()) / 1e6);
  measure(*open_classifier(path), tests);
  std::filesystem::remove(path);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--tags")
      options.tags = std::stoul(argv[++i]);
    else if (argument == "--threads")
      options.threads = std::stoul(argv[++i]);
    else if (argument == "--copies")
      options.copies = std::stoul(argv[++i]);
    else if (argument == "--quiet")
      options.quiet = true;
    else if (argument == "--fold")
      std::sscanf(argv[++i], "%zu/%zu", &options.fold, &options.folds);
    else if (argument == "--set") {
      const std::string pair = argv[++i];
      options.set.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    } else
      options.file = argument;
  }
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
