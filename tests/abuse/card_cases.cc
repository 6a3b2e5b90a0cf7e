// Model files whose card lies, while everything else is right.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "abuse/archive_sample.h"
#include "abuse/read_case.h"

namespace aisle::abuse {
namespace {

using namespace archive;
using nlohmann::json;

// Every value of the card becomes every other type, and goes.
void add_cards() {
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const json card = good_card(kind);
    const json flat = card.flatten();
    std::set<std::string> places = {"/labels", "/rule", "/ngrams", "/text_fields", "/labels/0", "/rule/tag_limits"};
    for (const auto& [place, value] : flat.items()) places.insert(place);
    const std::vector<std::pair<std::string, json>> values = {{"null", nullptr},
                                                              {"true", true},
                                                              {"minus", -1},
                                                              {"huge", 1e300},
                                                              {"huge_integer", 18446744073709551615ULL},
                                                              {"fraction", 0.5},
                                                              {"text", "x"},
                                                              {"list", json::array({1})},
                                                              {"object", {{"a", 1}}},
                                                              {"empty_text", ""},
                                                              {"empty_list", json::array()}};
    for (const std::string& place : places) {
      for (const auto& [name, value] : values) {
        json changed = card;
        changed[json::json_pointer(place)] = value;
        std::string safe = place;
        std::ranges::replace(safe, '/', '_');
        add_archive_case(
            "card_" + std::string(to_string(kind)) + safe + "_" + name,
            [kind, text = changed.dump()] { return with_card(kind, text); }, Opens::kPerhaps, true);
      }
    }
  }
  const auto add_text = [](const std::string& name, std::function<std::string()> text) {
    add_archive_case(
        "card_text_" + name, [text = std::move(text)] { return with_card(TaskKind::kCategory, text()); }, Opens::kNever,
        true);
  };
  const std::string text = good_card(TaskKind::kCategory).dump();
  for (std::size_t size = 0; size < text.size(); size += 11)
    add_text("cut_to_" + std::to_string(size), [text, size] { return text.substr(0, size); });
  add_text("deep", [] { return std::string(1'000'000, '['); });
  add_text("deep_objects", [] {
    std::string objects;
    for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
    return objects;
  });
  add_text("list", [] { return "[]"; });
  add_text("no_json", [] { return "model"; });
  add_text("number_out_of_range", [] { return "{\"model\":1e999}"; });
  for (const NamedBytes& broken : broken_utf8()) {
    add_text(broken.name, [text, bytes = broken.bytes] {
      std::string changed = text;
      changed.replace(changed.find("fruit"), 5, bytes);
      return changed;
    });
  }
  for (const std::string& kind :
       std::vector<std::string>{"", "linea", "linear ", "LINEAR", "bert", "../linear", "\xFF"}) {
    add_archive_case(
        "kind_" + std::to_string(hash64(kind, 2) % 100000),
        [kind] { return with_card(TaskKind::kCategory, kind, "kind"); }, Opens::kNever, true);
  }
}

// Numbers that no training writes, in the right place.
void add_numbers() {
  const float kBad[] = {std::numeric_limits<float>::quiet_NaN(),
                        std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity(),
                        3e38F,
                        -3e38F,
                        1e-45F,
                        -1};
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    const std::string good = good_archive(kind);
    for (const Section& section : sections_of(good)) {
      if (section.name != "idf" && section.name != "scale" && section.name != "classes") continue;
      for (std::size_t i = 0; i < std::size(kBad); ++i) {
        add_archive_case(
            "numbers_" + section.name + "_" + std::string(to_string(kind)) + "_" + std::to_string(i),
            [good, section, value = kBad[i]] {
              std::string bytes = good;
              for (std::size_t at = 0; at + sizeof value <= section.size; at += sizeof value)
                put(bytes, section.offset + at, value);
              return bytes;
            },
            Opens::kPerhaps);
      }
    }
  }
}

}  // namespace

void add_card_cases() {
  add_cards();
  add_numbers();
}

}  // namespace aisle::abuse
