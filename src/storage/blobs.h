// Content-addressed files: pictures and model archives, named by the digest of their bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"

namespace aisle {

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Durable when it returns; the same bytes again cost a look-up.
  virtual Digest put(std::string_view bytes) = 0;
  // Takes a finished file over (renames it, same file system). Durable when it returns.
  virtual Digest adopt(const std::filesystem::path& file) = 0;
  // Where the bytes lie, to be mapped. kNotFound.
  virtual std::filesystem::path path_of(const Digest& digest) const = 0;
  virtual bool contains(const Digest& digest) const = 0;
  // Where work in progress may be written before adopt(). Removed by the next open when left behind by a crash.
  virtual std::filesystem::path temporary_path(std::string_view purpose) = 0;
};

}  // namespace aisle
