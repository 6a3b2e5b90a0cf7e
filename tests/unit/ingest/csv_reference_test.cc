// The same files read by Python's csv module (tests/data/csv/generate.py) and by Aisle.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "unit/ingest/reading.h"

namespace aisle {
namespace {

std::vector<std::filesystem::path> reference_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(AISLE_TEST_DATA "/csv")) {
    if (entry.path().extension() == ".csv" || entry.path().extension() == ".tsv") files.push_back(entry.path());
  }
  return files;
}

TEST(CsvReader, D1_ReadsWhatPythonsCsvModuleReads) {
  const std::vector<std::filesystem::path> files = reference_files();
  ASSERT_GE(files.size(), 12U);
  for (const std::filesystem::path& path : files) {
    const std::string text = read_file(path, 1 << 20);
    const auto expected =
        nlohmann::json::parse(read_file(path.string() + ".json", 1 << 20)).get<std::vector<std::vector<std::string>>>();
    for (const std::size_t piece : {1U, 5U, 1U << 16}) {
      const auto rows = testing_support::read_text(text, path.extension() == ".tsv" ? Format::kTsv : Format::kCsv,
                                                   testing_support::tags_task(), {}, piece);
      std::vector<std::vector<std::string>> got;
      for (const testing_support::Row& row : rows) {
        EXPECT_TRUE(row.problems.empty())
            << path << " row " << row.row << ": " << (row.problems.empty() ? "" : row.problems[0].message);
        got.push_back(row.item.texts);
      }
      EXPECT_EQ(got, expected) << path << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace aisle
