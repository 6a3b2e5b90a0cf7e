#include "workflow/environment.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#include "workflow/code_version.h"

namespace aisle {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const auto colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string system_name() {
  utsname name{};
  ::uname(&name);
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

// "<boot id>:<pid>:<start time in ticks>" tells a process apart from any other that ever had its id (proc(5)).
std::string process_name(const std::string& pid) {
  std::ifstream boot_file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(boot_file, boot);
  std::ifstream stat_file("/proc/" + pid + "/stat");
  std::string stat;
  std::getline(stat_file, stat);
  const auto after_name = stat.rfind(')');
  if (after_name == std::string::npos) return "";
  std::string_view rest(stat);
  rest.remove_prefix(after_name + 1);
  constexpr int kFieldsBeforeStartTime = 19;  // field 22 of stat(5); the name was field 2
  for (int i = 0; i <= kFieldsBeforeStartTime; ++i) rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
  return boot + ":" + pid + ":" + std::string(rest.substr(0, rest.find(' ')));
}

}  // namespace

std::string program_version() {
  return kCodeVersion;
}

std::string compiler_name() {
  return "g++ " __VERSION__;
}

Parameters describe_environment(std::size_t threads) {
  return {{"code", kCodeVersion},
          {"compiler", compiler_name()},
          {"process", process_name(std::to_string(::getpid()))},
          {"processor", processor_name()},
          {"system", system_name()},
          {"threads", std::to_string(threads)}};
}

bool process_is_alive(const Parameters& environment) {
  const auto found = std::ranges::find(environment, "process", &Parameters::value_type::first);
  if (found == environment.end()) return false;
  const auto first = found->second.find(':');
  const auto second = found->second.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return false;
  return process_name(found->second.substr(first + 1, second - first - 1)) == found->second;
}

}  // namespace aisle
