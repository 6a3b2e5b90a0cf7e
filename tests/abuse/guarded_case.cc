#include "abuse/guarded_case.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "abuse/heap_meter.h"
#include "text/unicode.h"

namespace aisle::abuse {
namespace {

constexpr unsigned kHangSeconds = 60;
constexpr std::size_t kLongestMessageBytes = 4096;

char running_case[256];
std::size_t cases = 0;

void report_hang(int) {
  constexpr char kText[] = "\nhangs: ";
  (void)!::write(STDERR_FILENO, kText, sizeof kText - 1);
  (void)!::write(STDERR_FILENO, running_case, ::strnlen(running_case, sizeof running_case));
  (void)!::write(STDERR_FILENO, "\n", 1);
  ::_exit(3);
}

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class CaseTest : public testing::Test {
 public:
  explicit CaseTest(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

}  // namespace

void run_guarded(const std::string& name, const Bounds& bounds, const std::function<void()>& body) {
  std::strncpy(running_case, name.c_str(), sizeof running_case - 1);
  ::signal(SIGALRM, report_hang);
  ::alarm(kHangSeconds);
  const double start = processor_seconds();
  const std::size_t held = heap_bytes();
  reset_heap_peak();
  body();
  const std::size_t peak = heap_peak_bytes() - held;
  const std::size_t kept = heap_bytes() - std::min(held, heap_bytes());
  const double seconds = processor_seconds() - start;
  ::alarm(0);
  EXPECT_LE(seconds, bounds.seconds) << "processor seconds";
  EXPECT_LE(peak, bounds.peak_bytes) << "bytes held at most";
  EXPECT_LE(kept, bounds.kept_bytes) << "bytes still held at the end";
}

void expect_clear_message(const std::string& message) {
  const auto words = std::count(message.begin(), message.end(), ' ') + 1;
  EXPECT_GE(words, 3) << "says too little: " << message;
  EXPECT_LE(message.size(), kLongestMessageBytes) << message.substr(0, 200);
  EXPECT_FALSE(find_utf8_fault(message).has_value()) << "not UTF-8: " << message;
  EXPECT_EQ(message.find('\0'), std::string::npos) << message;
  for (const char* word : {"std::", "exception"})
    EXPECT_EQ(message.find(word), std::string::npos) << "speaks to programmers: " << message;
}

void expect_clear(const Error& error, const std::string& file) {
  expect_clear_message(error.what());
  const std::string all = describe(error);
  EXPECT_NE(all.find(file), std::string::npos) << "does not name the file " << file << ": " << all;
  EXPECT_NE(error.code(), ErrorCode::kInternal) << all;
}

void add_case(const std::string& suite, const std::string& name, std::function<void()> body) {
  static std::set<std::string> names;
  if (!names.insert(suite + "." + name).second) throw std::logic_error("two cases have the name " + suite + "." + name);
  ++cases;
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body = std::move(body)]() -> testing::Test* { return new CaseTest(body); });
}

std::size_t case_count() {
  return cases;
}

}  // namespace aisle::abuse
