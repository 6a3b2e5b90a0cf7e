#include "workflow/item_pictures.h"

#include <utility>

#include "core/files.h"
#include "domain/limits.h"

namespace aisle {
namespace {

class PictureItems final : public ItemSource {
 public:
  PictureItems(std::unique_ptr<ItemSource> items, const BlobStore& blobs) : items_(std::move(items)), blobs_(blobs) {}

  bool next(Item& item) override {
    if (!items_->next(item)) return false;
    item.picture.clear();
    if (item.image.empty()) return true;
    item.picture = read_file(blobs_.path_of(Digest::from_hex(item.image)), limits::kPictureBytes);
    return true;
  }

 private:
  std::unique_ptr<ItemSource> items_;
  const BlobStore& blobs_;
};

}  // namespace

std::unique_ptr<ItemSource> with_pictures(std::unique_ptr<ItemSource> items, const BlobStore& blobs) {
  return std::make_unique<PictureItems>(std::move(items), blobs);
}

}  // namespace aisle
