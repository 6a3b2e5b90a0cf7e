// Hostile pictures, made here, against the picture library. Every case has a name; run one with
//   abuse_pictures --gtest_filter='PictureMade.jpeg_of_50000_scans'
#include <gtest/gtest.h>

#include <cstdio>

#include "abuse/guarded_case.h"
#include "abuse/picture_case.h"

// GLib and libvips keep their types and thread data until the process ends, and are never unloaded.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgobject-2.0\nleak:libglib-2.0\nleak:libvips.so\nleak:ld-linux\nleak:libMagick\nleak:libfontconfig\n";
}

int main(int argc, char** argv) {
  constexpr std::size_t kFewestCases = 900;
  testing::InitGoogleTest(&argc, argv);
  aisle::abuse::picture::add_changed_picture_cases();
  aisle::abuse::picture::add_made_picture_cases();
  const int failed = RUN_ALL_TESTS();
  const std::size_t cases = aisle::abuse::case_count();
  std::printf("%d of %zu hostile pictures run\n", testing::UnitTest::GetInstance()->test_to_run_count(), cases);
  if (cases < kFewestCases) std::fprintf(stderr, "the corpus has shrunk below %zu pictures\n", kFewestCases);
  return failed != 0 || cases < kFewestCases ? 1 : 0;
}
