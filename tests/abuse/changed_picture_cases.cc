// Good pictures of every kind, cut, damaged, and put under another kind's name.
#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "abuse/picture_case.h"
#include "core/files.h"

namespace aisle::abuse::picture {
namespace {

constexpr int kCuts = 12, kDamages = 8;

struct Good {
  std::string name, bytes;
};

std::string plain_name(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::vector<Good> good_pictures() {
  std::vector<Good> found;
  for (const auto& entry : std::filesystem::directory_iterator(AISLE_TEST_DATA "/pictures/reference")) {
    const std::string kind = entry.path().extension();
    if (kind == ".jpg" || kind == ".png" || kind == ".webp" || kind == ".gif")
      found.push_back({plain_name(entry.path().filename()), read_file(entry.path(), 1 << 20)});
  }
  std::sort(found.begin(), found.end(), [](const Good& a, const Good& b) { return a.name < b.name; });
  return found;
}

// Of a moving picture, the first frame may be there.
void add_cuts(const Good& good) {
  for (int i = 0; i < kCuts; ++i) {
    const std::size_t size = good.bytes.size() * static_cast<std::size_t>(i) / (kCuts + 1);
    add_picture_case(
        "PictureCut", good.name + "_at_" + std::to_string(i), [good, size] { return good.bytes.substr(0, size); },
        good.name.starts_with("moving") ? perhaps() : refused(""));
  }
}

void add_damages(const Good& good) {
  for (unsigned seed = 0; seed < kDamages; ++seed) {
    const auto make = [good, seed] {
      std::mt19937 random(seed);
      std::string bytes = good.bytes;
      const std::size_t reach = seed % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 200);
      for (unsigned i = 0; i <= seed; ++i) bytes[random() % reach] = static_cast<char>(random());
      return bytes;
    };
    add_picture_case("PictureDamaged", good.name + "_" + std::to_string(seed), make, perhaps());
  }
}

const Good& named(const std::vector<Good>& all, const std::string& name) {
  return *std::find_if(all.begin(), all.end(), [&](const Good& good) { return good.name == name; });
}

void add_mixed(const std::vector<Good>& all) {
  const char* const names[] = {"plain_jpg", "rgb_png", "lossless_webp", "still_gif"};
  constexpr std::size_t kMark = 16;
  for (const char* head : names) {
    for (const char* body : names) {
      if (head == body) continue;
      const std::string bytes = named(all, head).bytes.substr(0, kMark) + named(all, body).bytes;
      add_picture_case(
          "PictureMixed", std::string(head) + "_before_" + body, [bytes] { return bytes; }, refused(""));
      const std::string behind = named(all, head).bytes + named(all, body).bytes;
      add_picture_case(
          "PictureMixed", std::string(body) + "_behind_" + head, [behind] { return behind; }, right());
    }
  }
}

}  // namespace

void add_changed_picture_cases() {
  const std::vector<Good> all = good_pictures();
  for (const Good& good : all) {
    add_picture_case(
        "PictureWhole", good.name, [good] { return good.bytes; }, right());
    add_cuts(good);
    add_damages(good);
  }
  add_mixed(all);
}

}  // namespace aisle::abuse::picture
