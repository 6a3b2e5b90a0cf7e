#include "workflow/environment.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace aisle {
namespace {

TEST(Environment, M11_NamesCodeCompilerAndProcessor) {
  const Parameters environment = describe_environment(2);
  EXPECT_TRUE(std::ranges::is_sorted(environment));
  for (const auto& [key, value] : environment) EXPECT_FALSE(value.empty()) << key;
}

TEST(Environment, TellsALivingProcessFromADeadOne) {
  Parameters environment = describe_environment(1);
  EXPECT_TRUE(process_is_alive(environment));
  EXPECT_FALSE(process_is_alive({}));
  // The same process number with another start time is another process.
  const auto process = std::ranges::find(environment, "process", &Parameters::value_type::first);
  process->second += "1";
  EXPECT_FALSE(process_is_alive(environment));
}

}  // namespace
}  // namespace aisle
