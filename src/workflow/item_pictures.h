// Items of a snapshot with their pictures' files, for models that read pictures.
#pragma once

#include <memory>

#include "domain/item.h"
#include "storage/blobs.h"

namespace aisle {

// Fills item.picture from item.image as the items pass. A picture that is not there is none. `blobs` must outlive it.
std::unique_ptr<ItemSource> with_pictures(std::unique_ptr<ItemSource> items, const BlobStore& blobs);

}  // namespace aisle
