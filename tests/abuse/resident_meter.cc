#include "abuse/resident_meter.h"

#include <fstream>
#include <string>

namespace aisle::abuse {
namespace {

std::size_t of_status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) return std::stoul(line.substr(name.size())) * 1024;
  return 0;
}

}  // namespace

bool reset_resident_peak() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}
std::size_t resident_peak() {
  return of_status("VmHWM:");
}
std::size_t resident_now() {
  return of_status("VmRSS:");
}

}  // namespace aisle::abuse
