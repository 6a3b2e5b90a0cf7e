// Pictures that data files name: found inside the file's folder or an allowed one, never outside.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace aisle {

// Where a picture lies, or why it may not be read.
struct PicturePath {
  std::filesystem::path path;  // canonical: no link, no ".."
  std::string fault;           // "" where it may be read
};

// `name` is relative to `folder`; one that is absolute has to lie in one of `allowed`. Links are followed before the
// check, so a link to a file outside is refused.
PicturePath find_picture(const std::filesystem::path& folder, std::string_view name,
                         std::span<const std::filesystem::path> allowed);

}  // namespace aisle
