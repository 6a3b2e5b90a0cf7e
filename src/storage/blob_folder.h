// Blobs in a folder: blobs/ab/cdef..., work in progress in tmp/ beside it.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/blobs.h"

namespace aisle {

// Makes blobs/ and tmp/ in `folder` where they are missing.
void make_blob_folders(const std::filesystem::path& folder);

// Opens them, and removes from tmp/ what a dead process of this machine left or what is older than a day.
std::unique_ptr<BlobStore> open_blob_folder(const std::filesystem::path& folder);

}  // namespace aisle
