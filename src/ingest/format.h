// The formats that items are read from, and what the user says about how.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/column_plan.h"

namespace aisle {

enum class Format { kAuto, kCsv, kTsv, kJsonl, kRakuten, kStackexchange, kPictures, kSql };

std::string_view to_string(Format format);   // "csv"
Format parse_format(std::string_view text);  // throws kUsage

enum class PictureUse {
  kIgnore,  // bytes that came over a network never name files of this machine
  kFind,    // picture_path is set, the file is not read
  kRead,
};

struct ReadOptions {
  Format format = Format::kAuto;
  ColumnMap map;                      // --map
  std::string label_separator = "|";  // --label-separator; tags only
  std::string query;                  // --query; sql only
  LabelUse labels = LabelUse::kOptional;
  PictureUse pictures = PictureUse::kRead;
  std::vector<std::filesystem::path> picture_folders;  // may hold pictures besides the file's own folder
};

// "-", a path or a database's URL.
bool is_database_url(std::string_view source);

// Looks at the name and, where that does not say, at the first lines. Throws kUsage for "-" (it needs --format) and
// kInvalidArgument where the format cannot be told.
Format detect_format(const std::string& source);

// Files that are read as one: Rakuten's X, Y and picture folder; else one each.
struct InputGroup {
  Format format;
  std::vector<std::string> sources;
};
std::vector<InputGroup> group_inputs(const std::vector<std::string>& sources, Format format);

// A URL without its password, for messages.
std::string without_password(const std::string& source);

}  // namespace aisle
