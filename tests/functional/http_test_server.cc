// The server with models made for tests, and with bounds and time-outs from the command line:
//   http_test_server [--NAME VALUE]... [--model ARCHIVE]
// Prints the port. SIGTERM stops it; SIGUSR1 promotes the next version of task "apps".
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
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

void run(const ServerOptions& options, ModelSource& source, const std::function<void()>& on_tick) {
  Predictor predictor(source, {20, 4});
  Metrics metrics({"test", "none", "none"});
  const std::jthread ticker([&](const std::stop_token& done) {
    while (!done.stop_requested()) {
      on_tick();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  serve(options, predictor, metrics, stop, [](std::uint16_t port) { std::cout << port << std::endl; });
}

ServerOptions read_options(int argc, char** argv, std::string& model, bool& empty) {
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
      {"--max-in-flight", size(options.max_in_flight)},
      {"--max-streams", size(options.max_streams)},
      {"--max-waiting-answer-bytes", size(options.max_waiting_answer_bytes)},
      {"--header-timeout-ms", time(options.header_timeout_ms)},
      {"--body-timeout-ms", time(options.body_timeout_ms)},
      {"--idle-timeout-ms", time(options.idle_timeout_ms)},
      {"--write-timeout-ms", time(options.write_timeout_ms)},
      {"--drain-timeout-ms", time(options.drain_timeout_ms)},
      {"--model", [&](const char* text) { model = text; }},
      {"--empty", [&](const char* text) { empty = text[0] == '1'; }},
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
  std::string model;
  bool empty = false;
  const ServerOptions options = read_options(argc, argv, model, empty);
  if (!model.empty()) {
    ArchiveSource source(model);
    run(options, source, [] {});
    return 0;
  }
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
  run(options, source, promote);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "http_test_server: " << error.what() << '\n';
  return 1;
}
