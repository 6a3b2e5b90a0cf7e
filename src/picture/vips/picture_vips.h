/* The plain C door between Aisle and its picture library, so that neither side depends on the other's C++ types.
 * Internal to the module. */
#pragma once

#include <stddef.h>

#define AISLE_PICTURE_INTERFACE 1

extern "C" {

enum aisle_picture_format {
  kAislePictureUnknown,
  kAislePictureJpeg,
  kAislePicturePng,
  kAislePictureWebp,
  kAislePictureGif
};

struct aisle_picture_info {
  int format; /* aisle_picture_format */
  int width;
  int height;
  char reason[200]; /* why it cannot be read; "" where it can */
};

/* AISLE_PICTURE_INTERFACE of the library's build. */
__attribute__((visibility("default"))) int aisle_picture_interface(void);

/* Before the others; any thread, any number of times. 0, or -1 where libvips does not start. */
__attribute__((visibility("default"))) int aisle_picture_start(void);

/* Decodes all of the first frame; thread-safe. 0: info is filled. 1: reason says what is wrong with the picture. */
__attribute__((visibility("default"))) int aisle_picture_probe(const void* bytes, size_t size, size_t max_pixels,
                                                               struct aisle_picture_info* info);
}
