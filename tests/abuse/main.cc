// A corpus of broken files, made here, against the readers and the model archive. Every case has a name; run one with
//   abuse_files --gtest_filter='Jsonl.depth_list_33_in_text'
#include <gtest/gtest.h>

#include <cstdio>

#include "abuse/guarded_case.h"
#include "abuse/heap_meter.h"
#include "abuse/read_case.h"

namespace {

constexpr std::size_t kFewestCases = 1700;
constexpr std::size_t kKeptBytes = 8 << 20;

// What all cases together leave behind, and how many there were.
class Whole final : public testing::EmptyTestEventListener {
  void OnTestProgramStart(const testing::UnitTest&) override { start_ = aisle::abuse::heap_bytes(); }
  void OnTestProgramEnd(const testing::UnitTest& all) override {
    const std::size_t end = aisle::abuse::heap_bytes();
    const std::size_t kept = end > start_ ? end - start_ : 0;
    std::printf("%d of %zu broken files run, %d failed; %zu bytes kept\n", all.test_to_run_count(),
                aisle::abuse::case_count(), all.failed_test_count(), kept);
    too_much = kept > kKeptBytes;
  }
  std::size_t start_ = 0;

 public:
  bool too_much = false;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  aisle::abuse::add_delimited_cases();
  aisle::abuse::add_jsonl_cases();
  aisle::abuse::add_jsonl_value_cases();
  aisle::abuse::add_whole_file_cases();
  aisle::abuse::add_picture_path_cases();
  aisle::abuse::add_archive_cases();
  aisle::abuse::add_card_cases();
  aisle::abuse::add_fused_cases();
  aisle::abuse::add_tokenizer_cases();
  aisle::abuse::add_safetensors_cases();
  aisle::abuse::add_state_dict_cases();
  aisle::abuse::add_text_network_cases();
  auto* whole = new Whole;  // gtest owns it
  testing::UnitTest::GetInstance()->listeners().Append(whole);
  const int failed = RUN_ALL_TESTS();
  if (whole->too_much) std::fprintf(stderr, "the cases together keep too much memory\n");
  if (aisle::abuse::case_count() < kFewestCases)
    std::fprintf(stderr, "the corpus has shrunk below %zu cases\n", kFewestCases);
  return failed != 0 || whole->too_much || aisle::abuse::case_count() < kFewestCases ? 1 : 0;
}
