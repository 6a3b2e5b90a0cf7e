// Features of a backbone as a file of numbers, for whoever wants them without a model of ours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/problem.h"
#include "workflow/context.h"
#include "workflow/reading.h"

namespace aisle {

struct EmbedSettings {
  ReadSettings read;  // one source
  std::string backbone;
  std::string precision = "auto";   // "f32", "bf16", "int8"
  std::vector<std::string> fields;  // joined, for a backbone of texts
  std::string output;               // .npy
  std::size_t threads = 0;
};

struct EmbedResult {
  std::int64_t items = 0, rejected = 0;
  std::int64_t dimension = 0;
  std::string precision;
  std::vector<Problem> problems;  // the first of the bad rows'
};

// Writes [items + rejected, dimension] float32 in NumPy's format, version 1.0, in the order of the input: a bad row, an
// item without text and a picture that cannot be read are rows of zeros, so that row i belongs to item i. The file
// appears when it is complete. kUsage, kNotFound (the backbone), kIo.
EmbedResult embed(Context& context, const EmbedSettings& settings);

}  // namespace aisle
