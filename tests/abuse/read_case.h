// One broken file, and what the readers have to say about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/problem.h"
#include "domain/task.h"
#include "ingest/item_reader.h"

namespace aisle::abuse {

inline constexpr const char* kFileName = "items.txt";

struct BadRow {
  std::int64_t row = 0;
  std::optional<ProblemKind> kind;    // unset: any that rejects
  std::optional<std::string> column;  // unset: not looked at
};

enum class Outcome {
  kRows,     // exactly the good ids come, exactly the bad rows are reported
  kRefused,  // one clear Error for the whole file
  kAny,      // the file may still be readable: at least `good_ids` come first, the rest must only be clear
};

struct ReadCase {
  std::string suite, name;
  Format format = Format::kCsv;
  Task task;
  ReadOptions options;
  std::function<std::string()> bytes;
  std::size_t piece_bytes = 1 << 16;  // of one read of the source
  Outcome outcome = Outcome::kRows;
  std::vector<std::string> good_ids;  // in the file's order
  std::vector<BadRow> bad_rows;       // in the file's order
};

// Registers the case.
void add_read_case(ReadCase wanted);

// Byte sequences that are no UTF-8, each with a name.
struct NamedBytes {
  const char* name;
  std::string bytes;
};
const std::vector<NamedBytes>& broken_utf8();

Task category_task();  // "goods": title, body
Task tags_task();      // "questions": title, body
Task picture_task();   // "shop": title, picture in "image"

void add_delimited_cases();
void add_jsonl_cases();
void add_jsonl_value_cases();
void add_whole_file_cases();
void add_picture_path_cases();
void add_archive_cases();
void add_card_cases();
void add_fused_cases();
void add_tokenizer_cases();
void add_safetensors_cases();
void add_state_dict_cases();
void add_text_network_cases();

}  // namespace aisle::abuse
