// Broken model files: cut, flipped, with a lying table. Opening refuses them, or what it opens answers with
// probabilities; the digest tells in every case.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "abuse/archive_sample.h"
#include "abuse/read_case.h"
#include "core/random.h"

namespace aisle::abuse {
namespace {

using namespace archive;

void add_cuts(const std::string& good) {
  std::vector<std::size_t> sizes = {0,
                                    1,
                                    7,
                                    8,
                                    9,
                                    11,
                                    12,
                                    15,
                                    16,
                                    24,
                                    63,
                                    64,
                                    65,
                                    95,
                                    96,
                                    97,
                                    127,
                                    128,
                                    good.size() - 33,
                                    good.size() - 32,
                                    good.size() - 31,
                                    good.size() - 1};
  for (const Section& section : sections_of(good)) {
    for (const std::size_t edge :
         {section.entry, section.entry + kNameBytes, section.offset, section.offset + section.size}) {
      for (const std::size_t size : {edge - 1, edge, edge + 1}) sizes.push_back(size);
    }
  }
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  for (const std::size_t size : sizes) {
    if (size >= good.size()) continue;
    add_archive_case(
        "cut_to_" + std::to_string(size), [good, size] { return good.substr(0, size); }, Opens::kNever);
    // Cut, and the header says so: nothing but the table and the digest can tell.
    if (size < 64) continue;
    add_archive_case(
        "cut_and_resized_to_" + std::to_string(size),
        [good, size] {
          std::string bytes = good.substr(0, size);
          put<std::uint64_t>(bytes, 16, size);
          return bytes;
        },
        Opens::kPerhaps);
  }
  add_archive_case(
      "longer", [good] { return good + "x"; }, Opens::kNever);
  add_archive_case(
      "twice", [good] { return good + good; }, Opens::kNever);
  add_archive_case(
      "zeros", [good] { return std::string(good.size(), '\0'); }, Opens::kNever);
  add_archive_case(
      "ones", [good] { return std::string(good.size(), '\xFF'); }, Opens::kNever);
}

void add_header(const std::string& good) {
  for (std::size_t at = 0; at < 24; ++at) {
    for (const int bit : {0, 3, 7}) {
      add_archive_case(
          "header_byte_" + std::to_string(at) + "_bit_" + std::to_string(bit),
          [good, at, bit] {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            return bytes;
          },
          at < 12 || at >= 16 ? Opens::kNever : Opens::kPerhaps);
    }
  }
  for (const std::uint32_t count : {0U, 1U, 6U, 64U, 65U, 1000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    add_archive_case(
        "sections_" + std::to_string(count),
        [good, count] {
          std::string bytes = good;
          put(bytes, 12, count);
          return bytes;
        },
        Opens::kNever);
  }
}

void add_table(const std::string& good) {
  const std::vector<std::uint64_t> lies = {0,
                                           1,
                                           63,
                                           64,
                                           65,
                                           1 << 20,
                                           std::uint64_t{1} << 32,
                                           std::uint64_t{1} << 62,
                                           std::uint64_t{1} << 63,
                                           ~std::uint64_t{0},
                                           ~std::uint64_t{0} - 63};
  for (const Section& section : sections_of(good)) {
    for (const std::uint64_t lie : lies) {
      for (const auto& [what, at] :
           {std::pair{"offset", section.entry + kNameBytes}, std::pair{"size", section.entry + kNameBytes + 8}}) {
        if (get<std::uint64_t>(good, at) == lie) continue;
        add_archive_case(
            "table_" + section.name + "_" + what + "_" + std::to_string(lie),
            [good, at = at, lie] {
              std::string bytes = good;
              put(bytes, at, lie);
              return bytes;
            },
            Opens::kNever);
      }
    }
    for (const std::string& name : {std::string(kNameBytes, 'a'), std::string("A"), std::string(),
                                    std::string("../etc"), std::string("\xFF\xFE"), std::string("card")}) {
      if (name == section.name) continue;
      add_archive_case(
          "table_" + section.name + "_named_" + std::to_string(hash64(name, 1) % 100000),
          [good, entry = section.entry, name] {
            std::string bytes = good;
            bytes.replace(entry, kNameBytes, name + std::string(kNameBytes - name.size(), '\0'));
            return bytes;
          },
          Opens::kNever);
    }
    add_archive_case(
        "section_" + section.name + "_filled_with_ones",
        [good, section] {
          std::string bytes = good;
          bytes.replace(section.offset, section.size, std::string(section.size, '\xFF'));
          return bytes;
        },
        Opens::kPerhaps);
    add_archive_case(
        "section_" + section.name + "_filled_with_zeros",
        [good, section] {
          std::string bytes = good;
          bytes.replace(section.offset, section.size, std::string(section.size, '\0'));
          return bytes;
        },
        Opens::kPerhaps, section.size == 0);
  }
}

void add_flips(const std::string& good) {
  Random random(1234);
  for (int i = 0; i < 150; ++i) {
    const std::size_t at = random.below(good.size()), bit = random.below(8);
    add_archive_case(
        "flip_" + std::to_string(i),
        [good, at, bit] {
          std::string bytes = good;
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
          return bytes;
        },
        Opens::kPerhaps);
  }
  for (int i = 0; i < 50; ++i) {
    const std::size_t at = random.below(good.size());
    const std::uint64_t seed = random.next();
    add_archive_case(
        "noise_" + std::to_string(i),
        [good, at, seed] {
          std::string bytes = good;
          Random noise(seed);
          for (std::size_t j = at; j < std::min(at + 200, bytes.size()); ++j)
            bytes[j] = static_cast<char>(noise.next());
          return bytes;
        },
        Opens::kPerhaps);
  }
}

}  // namespace

void add_archive_cases() {
  const std::string good = good_archive(TaskKind::kCategory);
  add_cuts(good);
  add_header(good);
  add_table(good);
  add_flips(good);
}

}  // namespace aisle::abuse
