// The server with models made for tests, and with bounds and time-outs from the command line:
//   http_test_server [--NAME VALUE]... [--model ARCHIVE]
// With --gate FILE there is a task "dear", answered in batches of 8 by one thread: an item whose title has "hold" waits
// until the file is there, one with "bad" fails.
// Prints the port. SIGTERM stops it; SIGUSR1 promotes the next version of task "apps".
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>

#include "core/error.h"
#include "core/log.h"
#include "http/server.h"
#include "observe/metrics.h"
#include "serve/predictor.h"
#include "support/fake_models.h"

namespace {

using namespace aisle;  // NOLINT(google-build-using-namespace)

CancelToken stop;
volatile std::sig_atomic_t wanted_version = 3;

extern "C" void on_stop(int) {
  stop.cancel();
}
extern "C" void on_promote(int) {
  wanted_version = wanted_version + 1;
}

// One real model as task "catalogue".
class ArchiveSource final : public ModelSource {
 public:
  explicit ArchiveSource(std::string archive) : archive_(std::move(archive)), classifier_(open_classifier(archive_)) {}
  std::int64_t change_counter() override { return 1; }
  std::vector<ModelRef> production_models() override {
    return {{Task{1, "catalogue", classifier_->card().kind, classifier_->card().text_fields, "", 0}, 1,
             classifier_->card().model, archive_}};
  }
  ModelRef find_model(std::string_view, std::string_view) override { return production_models().front(); }
  std::shared_ptr<const Classifier> open_model(const ModelRef&) override { return classifier_; }

 private:
  std::string archive_;
  std::shared_ptr<const Classifier> classifier_;
};

Task apps() {
  return {1, "apps", TaskKind::kCategory, {"title", "body"}, "icon", 0};
}

struct Setup {
  std::string model, gate;
  bool empty = false;
  std::size_t max_queue = 256;
};

// The model of task "dear".
void see_batch(const std::string& gate, std::span<const ItemView> items) {
  const auto has = [&](std::string_view word) {
    return std::ranges::any_of(
        items, [&](const ItemView& item) { return item.texts.front().find(word) != std::string::npos; });
  };
  while (has("hold") && !std::filesystem::exists(gate)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  if (has("bad")) throw Error(ErrorCode::kInternal, "a bad item");
}

void run(const ServerOptions& options, const Setup& setup, ModelSource& source, const std::function<void()>& on_tick) {
  Metrics metrics({"test", "none", "none"});
  PredictorOptions predictor_options{20, 4};
  predictor_options.batcher.bounds.queue_items = setup.max_queue;
  Predictor predictor(source, metrics, predictor_options);
  const std::jthread ticker([&](const std::stop_token& done) {
    while (!done.stop_requested()) {
      on_tick();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  serve(options, predictor, metrics, stop, [](std::uint16_t port) { std::cout << port << std::endl; });
}

ServerOptions read_options(int argc, char** argv, Setup& setup) {
  ServerOptions options;
  options.port = 0;
  const auto size = [](std::size_t& value) {
    return [&value](const char* text) { value = std::strtoull(text, nullptr, 10); };
  };
  const auto time = [](int& value) { return [&value](const char* text) { value = std::atoi(text); }; };
  const std::map<std::string, std::function<void(const char*)>> known = {
      {"--port", [&](const char* text) { options.port = static_cast<std::uint16_t>(std::atoi(text)); }},
      {"--threads", size(options.threads)},
      {"--max-connections", size(options.max_connections)},
      {"--max-body-bytes", size(options.max_body_bytes)},
      {"--max-large-bodies-bytes", size(options.max_large_bodies_bytes)},
      {"--max-in-flight", size(options.max_in_flight)},
      {"--max-streams", size(options.max_streams)},
      {"--max-waiting-answer-bytes", size(options.max_waiting_answer_bytes)},
      {"--header-timeout-ms", time(options.header_timeout_ms)},
      {"--body-timeout-ms", time(options.body_timeout_ms)},
      {"--idle-timeout-ms", time(options.idle_timeout_ms)},
      {"--write-timeout-ms", time(options.write_timeout_ms)},
      {"--drain-timeout-ms", time(options.drain_timeout_ms)},
      {"--answer-timeout-ms", time(options.answer_timeout_ms)},
      {"--max-queue", size(setup.max_queue)},
      {"--model", [&](const char* text) { setup.model = text; }},
      {"--gate", [&](const char* text) { setup.gate = text; }},
      {"--empty", [&](const char* text) { setup.empty = text[0] == '1'; }},
  };
  for (int i = 1; i + 1 < argc; i += 2) known.at(argv[i])(argv[i + 1]);
  return options;
}

}  // namespace

int main(int argc, char** argv) try {
  std::signal(SIGTERM, on_stop);
  std::signal(SIGUSR1, on_promote);
  std::signal(SIGPIPE, SIG_IGN);
  init_log(LogLevel::kWarning);
  Setup setup;
  const ServerOptions options = read_options(argc, argv, setup);
  if (!setup.model.empty()) {
    ArchiveSource source(setup.model);
    run(options, setup, source, [] {});
    return 0;
  }
  const bool empty = setup.empty;
  tests::FakeModelSource source;
  if (!empty) source.set({2, "questions", TaskKind::kTags, {"title", "body"}, "", 0}, 1);
  if (!empty) source.set({3, "untrained", TaskKind::kCategory, {"title"}, "", 0}, 0);
  int version = 0;
  const auto promote = [&] {
    if (empty || version == wanted_version) return;
    version = wanted_version;
    source.set(apps(), version);
  };
  promote();
  if (!setup.gate.empty()) {
    source.set_dear({4, "dear", TaskKind::kCategory, {"title", "body"}, "icon", 0}, 1,
                    [&](std::span<const ItemView> items) { see_batch(setup.gate, items); });
  }
  run(options, setup, source, promote);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "http_test_server: " << error.what() << '\n';
  return 1;
}
