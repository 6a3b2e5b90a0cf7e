// A good model file, its parts, and what must be true of one that was changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "domain/task.h"

namespace aisle::abuse::archive {

inline constexpr std::size_t kEntryBytes = 64, kNameBytes = 32;

template <typename T>
T get(const std::string& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <typename T>
void put(std::string& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

struct Section {
  std::string name;
  std::size_t entry, offset, size;
};

std::string good_archive(TaskKind kind);
nlohmann::json good_card(TaskKind kind);
std::vector<Section> sections_of(const std::string& bytes);

// A good archive with another card: everything else, sizes and offsets included, is right.
std::string with_card(TaskKind kind, const std::string& card, const char* section = "card");

enum class Opens { kNever, kPerhaps };

// Registers the case: opening refuses the file clearly, or what it opens answers with probabilities.
void add_archive_case(const std::string& name, std::function<std::string()> make, Opens opens,
                      bool digest_fits = false);

}  // namespace aisle::abuse::archive
