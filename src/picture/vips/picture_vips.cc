#include "picture/vips/picture_vips.h"

#include <vips/vips.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace {

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

constexpr struct {
  const char* loader;
  int format;
} kLoaders[] = {
    {"VipsForeignLoadJpeg", kAislePictureJpeg},
    {"VipsForeignLoadPng", kAislePicturePng},
    {"VipsForeignLoadWebp", kAislePictureWebp},
    {"VipsForeignLoadNsgif", kAislePictureGif},
};

void be_silent(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

int start() {
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION),
                    be_silent, nullptr);
  if (vips_init("aisle") != 0) return -1;
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const auto& known : kLoaders) vips_operation_block_set(known.loader, FALSE);
  // Callers are parallel themselves, and no picture comes twice.
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  return 0;
}

int format_of_loader(const char* loader) {
  if (loader == nullptr) return kAislePictureUnknown;
  for (const auto& known : kLoaders) {
    if (std::string(loader).starts_with(known.loader)) return known.format;
  }
  return kAislePictureUnknown;
}

int refuse(aisle_picture_info* info, const std::string& reason) {
  std::snprintf(info->reason, sizeof info->reason, "%s", reason.c_str());
  return 1;
}

// Reads every pixel once. False where the data is damaged or ends early.
bool decode(VipsImage* image) {
  double average = 0;
  return vips_avg(image, &average, nullptr) == 0;
}

int probe(const void* bytes, size_t size, size_t max_pixels, aisle_picture_info* info) {
  info->format = format_of_loader(vips_foreign_find_load_buffer(bytes, size));
  if (info->format == kAislePictureUnknown) return refuse(info, "not a JPEG, PNG, WebP or GIF picture");
  const Image image(vips_image_new_from_buffer(bytes, size, "", "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                               VIPS_FAIL_ON_ERROR, nullptr));
  if (!image) return refuse(info, "the head of the picture is damaged");
  info->width = vips_image_get_width(image.get());
  info->height = vips_image_get_height(image.get());
  const auto pixels = static_cast<std::uint64_t>(info->width) * static_cast<std::uint64_t>(info->height);
  if (pixels > max_pixels) {
    return refuse(info, "the picture has " + std::to_string(info->width) + " x " + std::to_string(info->height) +
                            " pixels, at most " + std::to_string(max_pixels) + " are allowed; make it smaller");
  }
  return decode(image.get()) ? 0 : refuse(info, "the picture is damaged or cut short");
}

}  // namespace

int aisle_picture_interface() {
  return AISLE_PICTURE_INTERFACE;
}

int aisle_picture_start() {
  static const int status = start();
  return status;
}

int aisle_picture_probe(const void* bytes, size_t size, size_t max_pixels, aisle_picture_info* info) {
  *info = {};
  const int status = probe(bytes, size, max_pixels, info);
  vips_error_clear();
  vips_thread_shutdown();
  return status;
}
