#include "model/linear/linear_card.h"

#include <nlohmann/json.hpp>

#include "model/card_json.h"

namespace aisle {
namespace {

using nlohmann::json;

json ngrams_to_json(const NgramOptions& options) {
  return {{"fields", options.fields},       {"word_ngrams", options.word_ngrams},
          {"char_min", options.char_min},   {"char_max", options.char_max},
          {"by_field", options.by_field},   {"balance_fields", options.balance_fields},
          {"hash_bits", options.hash_bits}, {"seed", options.seed}};
}

NgramOptions ngrams_from_json(const json& value) {
  NgramOptions options;
  options.fields = value.at("fields").get<std::uint32_t>();
  options.word_ngrams = value.at("word_ngrams").get<std::uint32_t>();
  options.char_min = value.at("char_min").get<std::uint32_t>();
  options.char_max = value.at("char_max").get<std::uint32_t>();
  options.by_field = value.at("by_field").get<bool>();
  options.balance_fields = value.at("balance_fields").get<bool>();
  options.hash_bits = value.at("hash_bits").get<std::uint32_t>();
  options.seed = value.at("seed").get<std::uint64_t>();
  return options;
}

}  // namespace

std::string to_json(const LinearCard& card) {
  json value = card_to_json(card.model);
  value["ngrams"] = ngrams_to_json(card.ngrams);
  add_calibration(card.calibration, value);
  value["rows"] = card.rows;
  return value.dump();
}

LinearCard linear_card_from_json(std::span<const std::byte> bytes) {
  const json value = parse_card(bytes);
  LinearCard card;
  card.model = card_from_json(value);
  try {
    card.ngrams = ngrams_from_json(value.at("ngrams"));
    check(card.ngrams);
    read_calibration(value, card.calibration);
    card.rows = value.at("rows").get<std::size_t>();
  } catch (const json::exception& error) {
    refuse_card(error.what());
  } catch (const Error& error) {
    refuse_card(error.what());
  }
  if (card.rows > (std::size_t{1} << card.ngrams.hash_bits))
    refuse_card("it has " + std::to_string(card.rows) + " rows");
  return card;
}

}  // namespace aisle
