// Content-addressed files: pictures and model archives, named by the digest of their bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/progress.h"

namespace aisle {

// While one lives, in any process, no blob is collected.
class BlobHold {
 public:
  virtual ~BlobHold() = default;
};

struct CollectedBlobs {
  std::int64_t removed = 0, removed_bytes = 0, kept = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Wanted before put() and adopt(), which are kInternal without, and kept until what names the digests is committed:
  // till then nothing else tells a new blob from a forgotten one. Waits for a collection under way.
  virtual std::unique_ptr<BlobHold> hold() = 0;
  // Durable when it returns; the same bytes again cost a look-up.
  virtual Digest put(std::string_view bytes) = 0;
  // Takes a finished file over (renames it, same file system). Durable when it returns.
  virtual Digest adopt(const std::filesystem::path& file) = 0;
  // Where the bytes lie, to be mapped. kNotFound.
  virtual std::filesystem::path path_of(const Digest& digest) const = 0;
  virtual bool contains(const Digest& digest) const = 0;
  // Where work in progress may be written before adopt(). Removed by the next open when left behind by a crash.
  virtual std::filesystem::path temporary_path(std::string_view purpose) = 0;
  // Removes every blob that is not among those that `wanted` names; it is called when nobody holds any more.
  // nullopt, and nothing is done, while anybody holds.
  virtual std::optional<CollectedBlobs> collect(const std::function<std::vector<Digest>()>& wanted,
                                                const CancelToken& cancel) = 0;
};

}  // namespace aisle
