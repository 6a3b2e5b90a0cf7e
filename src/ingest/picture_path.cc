#include "ingest/picture_path.h"

#include <algorithm>

namespace aisle {
namespace {

namespace fs = std::filesystem;

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? "." : folder, error);
  if (error) return false;
  const auto [rest, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return rest == root.end();
}

}  // namespace

PicturePath find_picture(const fs::path& folder, std::string_view name, std::span<const fs::path> allowed) {
  if (name.size() > 4000 || name.find('\0') != std::string_view::npos) return {{}, "this is no name of a file"};
  const fs::path wanted(name);
  std::error_code error;
  const fs::path path = fs::canonical(folder / wanted, error);
  const bool dots = std::ranges::any_of(wanted, [](const fs::path& part) { return part == ".."; });
  const auto in_allowed = [&] {
    return std::ranges::any_of(allowed, [&](const fs::path& root) { return lies_in(path, root); });
  };
  // Says nothing about what exists outside.
  const bool inside = !error && ((!wanted.is_absolute() && lies_in(path, folder)) || in_allowed());
  if (!inside && (!error || dots || wanted.is_absolute()))
    return {{}, "the picture lies outside the file's folder; name the folder that may be read"};
  if (error) return {{}, "there is no such picture"};
  if (!fs::is_regular_file(path, error)) return {{}, "this is no file"};
  if (fs::file_size(path, error) == 0) return {{}, "the file is empty"};
  return {path, {}};
}

}  // namespace aisle
