#include "core/own_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/error.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

Error cannot_open(const OwnLibrary::Name& name, const std::string& why) {
  return Error(ErrorCode::kUnsupported, std::string(name.purpose) + ": " + why + "; install Aisle with " + name.file +
                                            ", or name the file in " + name.variable);
}

std::vector<fs::path> places_to_look(const OwnLibrary::Name& name) {
  const char* named = std::getenv(name.variable);
  if (named != nullptr && *named != '\0') return {named};
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  return {program / name.file, program.parent_path() / "lib" / name.file,
          program.parent_path() / "lib" / "aisle" / name.file};
}

}  // namespace

OwnLibrary OwnLibrary::open(const Name& name) {
  std::string looked;
  for (const fs::path& place : places_to_look(name)) {
    std::error_code failed;
    if (fs::is_regular_file(place, failed)) return open(name, place.string());
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw cannot_open(name, "the library is missing (looked for " + looked + ")");
}

OwnLibrary OwnLibrary::open(const Name& name, const std::string& file) {
  OwnLibrary library(name);
  library.file_ = file;
  library.handle_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library.handle_ == nullptr) throw cannot_open(library.name_, ::dlerror());
  return library;
}

void OwnLibrary::refuse(const std::string& why) const {
  throw cannot_open(name_, file_ + " " + why);
}

void* OwnLibrary::find(const char* symbol) const {
  void* const found = ::dlsym(handle_, symbol);
  if (found == nullptr) refuse(std::string("has no ") + symbol);
  return found;
}

}  // namespace aisle
