/* The plain C door between Aisle and its picture library, so that neither side depends on the other's C++ types.
 * Internal to the module. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define AISLE_PICTURE_INTERFACE 2

extern "C" {

/* Numbers for `format`, `resize` and `filter` are those of the C++ enums. */
struct aisle_picture_source {
  const void* bytes;
  size_t size;
  int format;
  int width; /* as the head says, already within the limits */
  int height;
};

struct aisle_picture_frame {
  int width;
  int height;
  int resize;
  int resized;
  int filter;
};

struct aisle_picture_info {
  char reason[200]; /* why it cannot be read; "" where it can */
};

/* AISLE_PICTURE_INTERFACE of the library's build. */
__attribute__((visibility("default"))) int aisle_picture_interface(void);

/* Before the others; any thread, any number of times. 0, or -1 where libvips does not start. */
__attribute__((visibility("default"))) int aisle_picture_start(void);

/* Decodes all of the first frame; thread-safe. 0: a good picture. 1: reason says what is wrong with it. */
__attribute__((visibility("default"))) int aisle_picture_probe(const struct aisle_picture_source* source,
                                                               struct aisle_picture_info* info);

/* The same, and frame->width * frame->height pixels of 8-bit sRGB into `rgb`, row by row. */
__attribute__((visibility("default"))) int aisle_picture_render(const struct aisle_picture_source* source,
                                                                const struct aisle_picture_frame* frame, uint8_t* rgb,
                                                                struct aisle_picture_info* info);
}
