// Times a network of the engine for benchmarks/encoder_speed.py and picture_network_speed.py, which have written its
// weights and inputs, and compare its outputs.
//
//   network_bench bert:LAYERS:WIDTH:HEADS:INNER|ARCHITECTURE FILE.safetensors PRECISION THREADS SECONDS OUTPUT
//
// FILE holds the weights under their names, and "input.ids" with "input.lengths" (i64) or "input.pixels" [N, H, W, C].
// OUTPUT gets the features as float32. Prints JSON: the fastest and the middle run behind a first one, and the memory;
// of 0 SECONDS the first run alone.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include "core/error.h"
#include "core/files.h"
#include "model/engine/engine.h"
#include "model/network/architectures.h"
#include "model/network/bert.h"
#include "model/network/formats/weight_file.h"

namespace {

using namespace aisle;
using Results = std::vector<std::vector<float>>;

network::Network network_of(const std::string& name) {
  if (name.rfind("bert:", 0) != 0) return network::find_architecture(name).build(0);
  network::BertConfig config;
  std::istringstream sizes(name.substr(5));
  char colon = 0;
  sizes >> config.layers >> colon >> config.width >> colon >> config.heads >> colon >> config.inner_width;
  return network::build_bert(config);
}

std::vector<std::int64_t> wholes(const network::WeightSource& file, const std::string& name) {
  const auto tensor = file.find(name).value();
  std::vector<std::int64_t> values(network::element_count(tensor.shape));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

// The run that is to be timed, with its inputs.
std::function<Results()> task_of(const network::WeightSource& file, std::shared_ptr<const engine::Engine> engine,
                                 std::size_t threads) {
  if (const auto pixels = file.find("input.pixels")) {
    return [engine, threads, values = network::to_floats(*pixels)] { return engine->run_pictures(values, threads); };
  }
  std::vector<std::int32_t> ids;
  for (const std::int64_t id : wholes(file, "input.ids")) ids.push_back(static_cast<std::int32_t>(id));
  return [engine, threads, ids, lengths = wholes(file, "input.lengths")] {
    std::vector<engine::Text> texts;
    std::size_t begin = 0;
    for (const std::int64_t length : lengths) {
      texts.push_back(engine::Text(ids).subspan(begin, static_cast<std::size_t>(length)));
      begin += static_cast<std::size_t>(length);
    }
    return engine->run_texts(texts, threads);
  };
}

// int8 of pictures is calibrated on those that it is measured with.
engine::Ranges ranges_of(const std::vector<std::string>& words, const engine::CompileOptions& options) {
  const auto file = network::WeightFile::open(words[1]);
  const auto pixels = file.find("input.pixels");
  if (!pixels) return {};
  return engine::Engine::compile(network_of(words[0]), file, options)
      ->measure_ranges(network::to_floats(*pixels), options.threads);
}

double milliseconds(const std::function<void()>& task) {
  const auto start = std::chrono::steady_clock::now();
  task();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Of the processor, all threads together.
double processor_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

int bench(const std::vector<std::string>& words) {
  const std::size_t threads = std::stoul(words[3]);
  engine::CompileOptions options = {.outputs = {"features"}, .threads = threads};
  if (words[2] == "int8") options.ranges = ranges_of(words, options);
  options.precision = engine::precision_from_name(words[2]);
  std::function<Results()> task;
  const double compile_ms = milliseconds([&] {  // the file is closed behind it, as where a network is served
    const auto file = network::WeightFile::open(words[1]);
    task = task_of(file, engine::Engine::compile(network_of(words[0]), file, options), threads);
  });
  Results results;
  const double before_first = processor_milliseconds();
  const double first_ms = milliseconds([&] { results = task(); });
  std::ofstream output(words[5], std::ios::binary);
  output.write(reinterpret_cast<const char*>(results[0].data()),
               static_cast<std::streamsize>(results[0].size() * sizeof(float)));
  std::vector<double> times, processor_times;
  const double seconds = std::stod(words[4]);
  double total = 0;
  while (seconds > 0 && (times.size() < 3 || total < 1000 * seconds)) {
    const double before = processor_milliseconds();
    total += times.emplace_back(milliseconds([&] { task(); }));
    processor_times.push_back(processor_milliseconds() - before);
  }
  if (times.empty()) {  // 0 seconds: a long run is timed once, as it is
    times.push_back(first_ms);
    processor_times.push_back(processor_milliseconds() - before_first);
  }
  std::sort(times.begin(), times.end());
  fmt::print(
      "{{\"best_ms\": {:.3f}, \"middle_ms\": {:.3f}, \"cpu_ms\": {:.3f}, \"runs\": {}, \"compile_ms\": {:.1f}, "
      "\"resident_bytes\": {}}}\n",
      times.front(), times[times.size() / 2], *std::min_element(processor_times.begin(), processor_times.end()),
      times.size(), compile_ms, resident_bytes());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 6) return bench(words);
    fmt::print(stderr, "network_bench NETWORK FILE PRECISION THREADS SECONDS OUTPUT\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "network_bench: {}\n", error.what());
  }
  return 1;
}
