#include "ingest/format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "core/error.h"
#include "ingest/byte_source.h"
#include "ingest/csv_scan.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, Format>, 8> kNames = {{
    {"auto", Format::kAuto},
    {"csv", Format::kCsv},
    {"tsv", Format::kTsv},
    {"jsonl", Format::kJsonl},
    {"rakuten", Format::kRakuten},
    {"stackexchange", Format::kStackexchange},
    {"pictures", Format::kPictures},
    {"sql", Format::kSql},
}};

std::string start_of(const std::string& source) {
  constexpr std::size_t kSniffedBytes = 64 << 10;
  const std::unique_ptr<ByteSource> bytes = open_bytes(source);
  std::string start(kSniffedBytes, '\0');
  std::size_t filled = 0;
  while (filled < start.size()) {
    const std::size_t got = bytes->read({start.data() + filled, start.size() - filled});
    if (got == 0) break;
    filled += got;
  }
  start.resize(filled);
  return start.substr(checked_mark_size(start, source));
}

std::vector<std::string> header_of(std::string_view start) {
  std::vector<std::string> columns;
  CsvRecord record;
  if (start.empty()) return columns;
  scan_csv(start, true, ',', record);
  for (const CsvSpan& cell : record.cells) assign_cell(start, cell, columns.emplace_back());
  return columns;
}

Format kind_of_csv(std::string_view start) {
  const std::vector<std::string> columns = header_of(start);
  const auto has = [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); };
  if (has("designation") && has("productid") && has("imageid")) return Format::kRakuten;
  if (columns.size() == 2 && columns[0].empty() && columns[1] == "prdtypecode") return Format::kRakuten;
  if (has("Title") && has("Body") && has("Tags")) return Format::kStackexchange;
  return Format::kCsv;
}

Format kind_of_text(const std::string& source, std::string_view start) {
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && start[first] == '{') return Format::kJsonl;
  if (first != std::string_view::npos && start[first] == '[') {
    throw Error(ErrorCode::kInvalidArgument,
                source + " is one JSON list; JSONL has an object a line: convert it with `jq -c '.[]'`",
                {{"file", source}});
  }
  const std::string_view line = start.substr(0, start.find('\n'));
  if (line.find('\t') != std::string_view::npos) return Format::kTsv;
  if (line.find(',') != std::string_view::npos) return kind_of_csv(start);
  throw Error(ErrorCode::kInvalidArgument,
              "cannot tell the format of " + source + "; name it with --format csv, tsv, jsonl, ...",
              {{"file", source}});
}

}  // namespace

std::string_view to_string(Format format) {
  for (const auto& [name, value] : kNames) {
    if (value == format) return name;
  }
  return "auto";
}

Format parse_format(std::string_view text) {
  std::string known;
  for (const auto& [name, value] : kNames) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorCode::kUsage, "--format is one of " + known + ", not '" + std::string(text.substr(0, 80)) + "'");
}

bool is_database_url(std::string_view source) {
  const std::size_t scheme = source.find("://");
  return scheme != std::string_view::npos && scheme > 0 && std::ranges::all_of(source.substr(0, scheme), [](char c) {
           return std::isalpha(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c));
         });
}

Format detect_format(const std::string& source) {
  if (source == "-") throw Error(ErrorCode::kUsage, "standard input needs --format csv, tsv or jsonl");
  if (is_database_url(source)) return Format::kSql;
  const fs::path path(source);
  std::error_code unreadable;  // said better by whoever opens it
  if (fs::is_directory(path, unreadable)) return Format::kPictures;
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".jsonl" || extension == ".ndjson") return Format::kJsonl;
  if (extension == ".tsv" || extension == ".tab") return Format::kTsv;
  // Looking into a pipe would take its first bytes away.
  if (fs::exists(path, unreadable) && !fs::is_regular_file(path, unreadable))
    throw Error(ErrorCode::kUsage, source + " is a pipe, which needs --format csv, tsv or jsonl");
  const std::string start = start_of(source);
  return extension == ".csv" ? kind_of_csv(start) : kind_of_text(source, start);
}

std::vector<InputGroup> group_inputs(const std::vector<std::string>& sources, Format format) {
  std::vector<InputGroup> groups;
  for (const std::string& source : sources) {
    groups.push_back({format == Format::kAuto ? detect_format(source) : format, {source}});
  }
  // Rakuten's files belong together, with the folder of pictures that was named beside them.
  const auto is_rakuten = [](const InputGroup& group) { return group.format == Format::kRakuten; };
  if (std::ranges::none_of(groups, is_rakuten)) return groups;
  InputGroup rakuten{Format::kRakuten, {}};
  std::erase_if(groups, [&](const InputGroup& group) {
    if (!is_rakuten(group) && group.format != Format::kPictures) return false;
    rakuten.sources.push_back(group.sources.front());
    return true;
  });
  groups.push_back(std::move(rakuten));
  return groups;
}

std::string without_password(const std::string& source) {
  const std::size_t scheme = source.find("://");
  if (scheme == std::string::npos) return source;
  // Options may hold a password too, and a password may hold an unescaped '@' or '/': rather too much is left out.
  const std::string address = source.substr(0, source.find('?'));
  const std::size_t at = address.rfind('@');
  const std::size_t colon = address.find(':', scheme + 3);
  if (at == std::string::npos || colon > at) return address;
  return address.substr(0, colon) + address.substr(at);
}

}  // namespace aisle
