// Items of a snapshot with their pictures' files, for models that read pictures.
#pragma once

#include <memory>

#include "domain/item.h"
#include "storage/blobs.h"

namespace aisle {

// Fills item.picture from item.image as the items pass. `blobs` must outlive it. kNotFound where a stored picture is
// gone.
std::unique_ptr<ItemSource> with_pictures(std::unique_ptr<ItemSource> items, const BlobStore& blobs);

}  // namespace aisle
