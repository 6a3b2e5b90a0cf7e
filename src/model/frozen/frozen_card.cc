#include "model/frozen/frozen_card.h"

#include <nlohmann/json.hpp>

#include "domain/limits.h"
#include "model/card_json.h"

namespace aisle {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDimension = 65536;
constexpr std::size_t kMaxRanges = 4096;

json encoder_to_json(const EncoderInfo& info) {
  json value = {{"backbone", info.backbone},
                {"digest", info.digest.hex()},
                {"precision", info.precision},
                {"dimension", info.dimension}};
  if (!info.ranges.empty()) value["ranges"] = info.ranges;
  if (!info.losses.empty()) value["losses"] = info.losses;
  return value;
}

EncoderInfo encoder_from_json(const json& value, std::string_view model) {
  EncoderInfo info;
  info.backbone = value.at("backbone").get<std::string>();
  info.digest = Digest::from_hex(value.at("digest").get<std::string>());
  info.precision = value.at("precision").get<std::string>();
  info.reads = model == kPictureKind ? Reads::kPicture : Reads::kText;
  info.dimension = value.at("dimension").get<std::size_t>();
  if (info.dimension == 0 || info.dimension > kMaxDimension)
    refuse_card("its encoder has " + std::to_string(info.dimension) + " features");
  if (value.contains("ranges")) value.at("ranges").get_to(info.ranges);
  if (value.contains("losses")) value.at("losses").get_to(info.losses);
  if (info.ranges.size() > kMaxRanges || info.losses.size() > kMaxRanges)
    refuse_card("its encoder has " + std::to_string(info.ranges.size()) + " ranges");
  return info;
}

}  // namespace

std::string frozen_card_to_json(const FrozenParts& parts) {
  json value = card_to_json(parts.card);
  value["encoder"] = encoder_to_json(parts.encoder);
  add_calibration(parts.calibration, value);
  return value.dump();
}

FrozenParts frozen_card_from_json(std::span<const std::byte> bytes) {
  const json value = parse_card(bytes);
  FrozenParts parts;
  parts.card = card_from_json(value);
  parts.card.reads_pictures = parts.card.model == kPictureKind;
  try {
    parts.encoder = encoder_from_json(value.at("encoder"), parts.card.model);
    read_calibration(value, parts.calibration);
  } catch (const json::exception& error) {
    refuse_card(error.what());
  } catch (const Error& error) {
    refuse_card(error.what());
  }
  return parts;
}

}  // namespace aisle
