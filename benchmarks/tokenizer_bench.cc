// Subword tokenizers for the scripts tokenizer_reference.py and tokenizer_speed.py.
//   tokenizer_bench encode TOKENIZER TEXTS MAX_TOKENS IDS    writes the ids of every text
//   tokenizer_bench speed TOKENIZER TEXTS MAX_TOKENS ROUNDS  prints the least processor seconds of a round, one thread
//   tokenizer_bench load TOKENIZER                           prints the least processor seconds of opening, of five
// TEXTS and IDS: a 32-bit length (of bytes, of ids), then as many bytes or 32-bit ids, for each text.
#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "featurize/subword/subword_tokenizer.h"

namespace {

using namespace aisle;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The least seconds of several calls.
template <typename Body>
double fastest(int rounds, Body&& body) {
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    const double start = processor_seconds();
    body();
    least = std::min(least, processor_seconds() - start);
  }
  return least;
}

std::vector<std::string_view> split(std::string_view file) {
  std::vector<std::string_view> texts;
  while (file.size() >= 4) {
    std::uint32_t size = 0;
    std::memcpy(&size, file.data(), sizeof size);
    texts.push_back(file.substr(4, size));
    file.remove_prefix(std::min<std::size_t>(file.size(), 4 + std::size_t{size}));
  }
  return texts;
}

void write_ids(const TokenBatch& batch, const char* path) {
  std::ofstream out(path, std::ios::binary);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto ids = batch.text(i);
    const auto count = static_cast<std::uint32_t>(ids.size());
    out.write(reinterpret_cast<const char*>(&count), sizeof count);
    out.write(reinterpret_cast<const char*>(ids.data()), static_cast<std::streamsize>(ids.size_bytes()));
  }
  if (!out.flush()) throw errno_error("cannot write", path);
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "load") {
    std::printf("%.6f\n", fastest(5, [&] { open_subword_tokenizer(words[1]); }));
    return 0;
  }
  if (words.size() != 5) return 2;
  const auto tokenizer = open_subword_tokenizer(words[1]);
  const MappedFile file(words[2]);
  const std::vector<std::string_view> texts = split(file.text());
  const std::size_t max_tokens = std::stoul(words[3]);
  SubwordScratch scratch;
  TokenBatch batch;
  const auto encode = [&] {
    batch.clear();
    tokenizer->encode(texts, max_tokens, scratch, batch);
  };
  if (words[0] == "encode") {
    encode();
    write_ids(batch, words[4].c_str());
  } else {
    std::printf("%.6f\n", fastest(std::stoi(words[4]), encode));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run({argv + 1, argv + argc});
    if (status == 2) std::fprintf(stderr, "wrong usage: see the head of tokenizer_bench.cc\n");
    return status;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", describe(error).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
