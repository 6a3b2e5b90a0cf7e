// Prepares pictures for a network, again and again, with one thread:
//   picture_bench SIDE RESIZED bilinear|bicubic|lanczos ROUNDS PIXELS FILE...
// Writes the 8-bit pixels of each picture to PIXELS, one picture after the other, and for each round of making
// tensors a line: seconds of the clock, seconds of the processor.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "domain/limits.h"
#include "featurize/picture_transform.h"

namespace {

using namespace aisle;

PictureFilter filter_of(std::string_view name) {
  if (name == "bilinear") return PictureFilter::kBilinear;
  if (name == "bicubic") return PictureFilter::kBicubic;
  if (name == "lanczos") return PictureFilter::kLanczos;
  throw Error(ErrorCode::kUsage, "no filter has this name: " + std::string(name));
}

void stop_unless_good(const PictureResult& result) {
  if (!result.info) throw Error(ErrorCode::kInvalidArgument, result.reason);
}

void write_pixels(const PictureLibrary& library, const PictureFrame& frame, const std::vector<std::string>& pictures,
                  const char* path) {
  std::ofstream file(path, std::ios::binary);
  std::vector<std::uint8_t> rgb(std::size_t{3} * static_cast<std::size_t>(frame.width * frame.height));
  for (const std::string& picture : pictures) {
    stop_unless_good(library.render(picture, {limits::kPictureBytes, limits::kPicturePixels}, frame, rgb));
    file.write(reinterpret_cast<const char*>(rgb.data()), static_cast<std::streamsize>(rgb.size()));
  }
  if (!file.flush()) throw errno_error("cannot write", path);
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void print_round(const PicturePreparer& preparer, const std::vector<std::string>& pictures) {
  PicturePreparer::Scratch scratch;
  std::vector<float> tensor(preparer.size());
  const Stopwatch watch;
  const double start = processor_seconds();
  for (const std::string& picture : pictures) stop_unless_good(preparer.prepare(picture, tensor, scratch));
  std::printf("%.6f %.6f\n", watch.seconds(), processor_seconds() - start);
}

int run(int count, char** words) {
  if (count < 7) throw Error(ErrorCode::kUsage, "usage: picture_bench SIDE RESIZED FILTER ROUNDS PIXELS FILE...");
  const int side = std::atoi(words[1]);
  const PictureTransform transform{
      .frame = {side, side, PictureResize::kShortestSide, std::atoi(words[2]), filter_of(words[3])}};
  const PictureLibrary library;
  const PicturePreparer preparer(library, transform);
  std::vector<std::string> pictures;
  for (int i = 6; i < count; ++i) pictures.push_back(read_file(words[i], limits::kPictureBytes));
  write_pixels(library, transform.frame, pictures, words[5]);
  for (int round = 0; round < std::atoi(words[4]); ++round) print_round(preparer, pictures);
  return 0;
}

}  // namespace

int main(int count, char** words) try { return run(count, words); } catch (const aisle::Error& error) {
  std::fprintf(stderr, "picture_bench: %s\n", describe(error).c_str());
  return 1;
}
