// What items look like when people write in a hurry or leave a field out: decorators that pass a stream of
// items on with one kind of damage, so that a model can be measured on it (SPEC M9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.h"
#include "domain/item.h"

namespace aisle {

// `text` with about this share of its letters hit, each by one of four faults of equal chance: swapped with
// the next letter, left out, typed twice, or replaced by a neighbour on the keyboard (QWERTY; the case
// stays). Where a fault cannot be (the last letter of a word has no next one, an accented letter no
// neighbour), the letter is left out or typed twice. Works on characters, so well-formed UTF-8 stays
// well-formed; spaces, digits, signs, emoji and combining marks are never hit. share in [0, 1].
std::string with_typos(std::string_view text, double share, Random& random);

// Typos in every text field. The same seed, item id and text give the same typos, whatever the items around
// it.
class TyposSource final : public ItemSource {
 public:
  TyposSource(ItemSource& items, double share, std::uint64_t seed) : items_(items), share_(share), seed_(seed) {}
  bool next(Item& item) override;

 private:
  ItemSource& items_;
  double share_;
  std::uint64_t seed_;
};

// One text field left empty. `field` is its place in Item::texts.
class WithoutField final : public ItemSource {
 public:
  WithoutField(ItemSource& items, std::size_t field) : items_(items), field_(field) {}
  bool next(Item& item) override;

 private:
  ItemSource& items_;
  std::size_t field_;
};

// Pictures left out, or only the first half of their file.
enum class PictureDamage { kMissing, kCut };
class DamagedPictures final : public ItemSource {
 public:
  DamagedPictures(ItemSource& items, PictureDamage damage) : items_(items), damage_(damage) {}
  bool next(Item& item) override;

 private:
  ItemSource& items_;
  PictureDamage damage_;
};

}  // namespace aisle
