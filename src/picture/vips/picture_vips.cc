#include "picture/vips/picture_vips.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "picture/vips/colour.h"
#include "picture/vips/geometry.h"
#include "picture/vips/png_data.h"
#include "picture/vips/reader.h"
#include "picture/vips/resample.h"

namespace {

using namespace aisle;

constexpr const char* kLoaders[] = {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                                    "VipsForeignLoadNsgif"};

void be_silent(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

int start() {
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION),
                    be_silent, nullptr);
  if (vips_init("aisle") != 0) return -1;
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : kLoaders) vips_operation_block_set(loader, FALSE);
  // Callers are parallel themselves, and no picture comes twice.
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  return 0;
}

struct Request {
  PictureFormat format;
  std::string_view bytes;
  int width, height;  // as the head says
  aisle_picture_info* info;
};

int refuse(aisle_picture_info* info, const std::string& reason) {
  std::snprintf(info->reason, sizeof info->reason, "%s", reason.c_str());
  return 1;
}

// What libvips says, on one line.
int refuse_by_vips(aisle_picture_info* info) {
  std::string words = vips_error_buffer();
  words.resize(std::min(words.find('\n'), words.size()));
  return refuse(info, words);
}

// None where the picture is refused; then info has the reason.
std::optional<OpenedPicture> open_as_claimed(const Request& request, int shrink) {
  const auto pixels = static_cast<std::uint64_t>(request.width) * static_cast<std::uint64_t>(request.height);
  if (request.format == PictureFormat::kPng && !has_only_its_pixels(request.bytes, pixels)) {
    refuse(request.info, "its data go on behind its last pixel");
    return std::nullopt;
  }
  OpenedPicture picture = open_picture(request.format, request.bytes, shrink);
  if (!picture.image) {
    refuse_by_vips(request.info);
    return std::nullopt;
  }
  // libvips leaves out the last pixels of a side that cannot be divided.
  const auto is_claimed = [shrink](int side, int claimed) { return side == claimed / shrink; };
  if (is_claimed(picture.width, request.width) && is_claimed(picture.height, request.height)) return picture;
  refuse(request.info, "it has not the size that its head says");
  return std::nullopt;
}

int probe(const Request& request) {
  const auto picture = open_as_claimed(request, 1);
  if (!picture) return 1;
  return read_rows(*picture, [](int, const VipsPel*) {}) ? 0 : refuse_by_vips(request.info);
}

// Reads all rows, also those outside of the crop, so that a damaged picture is refused whatever its frame.
bool resample(const OpenedPicture& picture, Space space, Resampler& resampler) {
  const int first = resampler.first_column(), end = resampler.end_column();
  std::vector<Pixel> pixels(static_cast<std::size_t>(end - first));
  return read_rows(picture, [&](int y, const VipsPel* row) {
    if (!resampler.wants(y)) return;
    unpack_row(row, picture.layout, space, first, end, pixels.data());
    resampler.add(y, pixels.data());
  });
}

// Stands the pixels upright.
void turn(const std::vector<std::uint8_t>& stored, const Geometry& geometry, uint8_t* rgb) {
  const Turn& how = geometry.turn;
  for (int y = 0; y < (how.swaps ? geometry.columns : geometry.rows); ++y) {
    for (int x = 0; x < (how.swaps ? geometry.rows : geometry.columns); ++x) {
      int column = how.swaps ? y : x, row = how.swaps ? x : y;
      if (how.flips_columns) column = geometry.columns - 1 - column;
      if (how.flips_rows) row = geometry.rows - 1 - row;
      const std::size_t from = 3 * (static_cast<std::size_t>(row) * static_cast<std::size_t>(geometry.columns) +
                                    static_cast<std::size_t>(column));
      rgb = std::copy_n(stored.data() + from, 3, rgb);
    }
  }
}

int render(const Request& request, const PictureFrame& frame, uint8_t* rgb) {
  const int width = request.width, height = request.height;
  const int shrink = request.format == PictureFormat::kJpeg ? jpeg_shrink(frame, width, height) : 1;
  const auto picture = open_as_claimed(request, shrink);
  if (!picture) return 1;

  const Geometry geometry = lay_out(frame, width, height, picture->orientation);
  Space space = own_space(picture->layout);
  std::string profile = profile_of(*picture);
  if (!fits(profile, space)) {
    profile.clear();
    space = Space::kRgb;
  }
  Resampler resampler(geometry.column_window(width, shrink, picture->width),
                      geometry.row_window(height, shrink, picture->height), frame.filter);
  if (!resample(*picture, space, resampler)) return refuse_by_vips(request.info);
  turn(to_srgb(resampler.take(channels_of(space)), space, geometry.columns, geometry.rows, profile), geometry, rgb);
  return 0;
}

// Nothing is thrown through the door, and nothing of libvips stays with the thread.
template <typename Work>
int guarded(const Request& request, const Work& work) {
  *request.info = {};
  int status = 1;
  try {
    status = work();
  } catch (const std::bad_alloc&) {
    refuse(request.info, "not enough memory");
  }
  vips_error_clear();
  vips_thread_shutdown();
  return status;
}

Request request_of(const aisle_picture_source* source, aisle_picture_info* info) {
  return {static_cast<PictureFormat>(source->format),
          {static_cast<const char*>(source->bytes), source->size},
          source->width,
          source->height,
          info};
}

}  // namespace

int aisle_picture_interface() {
  return AISLE_PICTURE_INTERFACE;
}

int aisle_picture_start() {
  static const int status = start();
  return status;
}

int aisle_picture_probe(const aisle_picture_source* source, aisle_picture_info* info) {
  const Request request = request_of(source, info);
  return guarded(request, [&] { return probe(request); });
}

int aisle_picture_render(const aisle_picture_source* source, const aisle_picture_frame* frame, uint8_t* rgb,
                         aisle_picture_info* info) {
  const Request request = request_of(source, info);
  const PictureFrame wanted{frame->width, frame->height, static_cast<PictureResize>(frame->resize), frame->resized,
                            static_cast<PictureFilter>(frame->filter)};
  return guarded(request, [&] { return render(request, wanted, rgb); });
}
