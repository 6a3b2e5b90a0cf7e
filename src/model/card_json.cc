#include "model/card_json.h"

#include <nlohmann/json.hpp>

#include "domain/limits.h"

namespace aisle {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxCardBytes = 64 << 20;
constexpr int kMaxDepth = 8;
constexpr std::size_t kMostMembers = 64;  // with the members of members

[[noreturn]] void corrupt(const std::string& what) {
  refuse_card(what);
}

json rule_to_json(const DecisionRule& rule) {
  return {
      {"sure_limit", rule.sure_limit}, {"wanted_precision", rule.wanted_precision}, {"tag_limits", rule.tag_limits}};
}

DecisionRule rule_from_json(const json& value, TaskKind kind, std::size_t labels) {
  DecisionRule rule;
  rule.sure_limit = value.at("sure_limit").get<float>();
  rule.wanted_precision = value.at("wanted_precision").get<double>();
  rule.tag_limits = value.at("tag_limits").get<std::vector<float>>();
  if (kind == TaskKind::kTags && rule.tag_limits.size() != labels) corrupt("it has not one limit a tag");
  return rule;
}

TaskKind kind_from_json(const json& value) {
  const std::string text = value.get<std::string>();
  for (const TaskKind kind : {TaskKind::kCategory, TaskKind::kTags}) {
    if (text == to_string(kind)) return kind;
  }
  corrupt("its kind is '" + text.substr(0, 80) + "'");
}

void read_members(const json& value, ModelCard& card) {
  if (value.contains("members")) card.members = value["members"].get<std::vector<std::string>>();
  if (value.contains("member_weights")) card.member_weights = value["member_weights"].get<std::vector<float>>();
  if (card.members.size() > kMostMembers) corrupt("it names " + std::to_string(card.members.size()) + " members");
  for (const json& one : value.value("member_trainings", json::array())) {
    MemberTraining& training = card.member_trainings.emplace_back();
    training.model = one.at("model").get<std::string>();
    for (const auto& [key, set] : one.at("parameters").items())
      training.parameters.emplace_back(key, set.get<std::string>());
    training.seed = one.at("seed").get<std::uint64_t>();
  }
  if (card.member_trainings.size() > card.members.size()) corrupt("it tells more trainings than members");
  if (!card.member_weights.empty() && card.member_weights.size() != card.members.size())
    corrupt("it has not one weight a member");
}

}  // namespace

void refuse_card(const std::string& what) {
  // The JSON library begins with "[json.exception.type.number] ", which says nothing to people.
  const std::size_t end = what.starts_with("[json.") ? what.find("] ") : std::string::npos;
  throw Error(ErrorCode::kCorrupt,
              "the model file's card is broken: " + (end == std::string::npos ? what : what.substr(end + 2)));
}

json card_to_json(const ModelCard& card) {
  json labels = json::array();
  for (const LabelInfo& label : card.labels)
    labels.push_back({{"label", label.label}, {"name", label.name}, {"items", label.items}});
  json value = {{"model", card.model},
                {"kind", to_string(card.kind)},
                {"text_fields", card.text_fields},
                {"labels", std::move(labels)},
                {"rule", rule_to_json(card.rule)}};
  if (!card.members.empty()) value["members"] = card.members;
  if (!card.member_weights.empty()) value["member_weights"] = card.member_weights;
  for (const MemberTraining& training : card.member_trainings) {
    json parameters = json::object();
    for (const auto& [key, set] : training.parameters) parameters[key] = set;
    value["member_trainings"].push_back(
        {{"model", training.model}, {"parameters", std::move(parameters)}, {"seed", training.seed}});
  }
  return value;
}

ModelCard card_from_json(const json& value) {
  try {
    ModelCard card;
    card.model = value.at("model").get<std::string>();
    card.kind = kind_from_json(value.at("kind"));
    card.text_fields = value.at("text_fields").get<std::vector<std::string>>();
    for (const json& label : value.at("labels")) {
      card.labels.push_back({label.at("label").get<std::string>(), label.at("name").get<std::string>(),
                             label.at("items").get<std::int64_t>()});
    }
    if (card.labels.empty() || card.labels.size() > limits::kLabelsPerTask)
      corrupt("it has " + std::to_string(card.labels.size()) + " labels");
    card.rule = rule_from_json(value.at("rule"), card.kind, card.labels.size());
    read_members(value, card);
    return card;
  } catch (const json::exception& error) {
    corrupt(error.what());
  }
}

void add_calibration(const Calibration& calibration, json& card) {
  card["top_slope"] = calibration.top.slope;
  card["top_rest_slope"] = calibration.top.rest_slope;
  card["top_offset"] = calibration.top.offset;
}

void read_calibration(const json& card, Calibration& calibration) {
  try {
    calibration.top.slope = card.at("top_slope").get<float>();
    calibration.top.rest_slope = card.at("top_rest_slope").get<float>();
    calibration.top.offset = card.at("top_offset").get<float>();
  } catch (const json::exception& error) {
    corrupt(error.what());
  }
  const TopScale& top = calibration.top;
  if (!(top.slope >= 0 && top.slope <= 20)) corrupt("its top_slope is not within 0 and 20");
  if (!(top.rest_slope >= 0 && top.rest_slope <= 20)) corrupt("its top_rest_slope is not within 0 and 20");
  if (!(top.offset >= -20 && top.offset <= 20)) corrupt("its top_offset is not within -20 and 20");
}

json parse_card(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxCardBytes) corrupt("it has " + std::to_string(bytes.size()) + " bytes");
  const char* text = reinterpret_cast<const char*>(bytes.data());
  const json::parser_callback_t bounded = [](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) corrupt("it is nested too deeply");
    return true;
  };
  try {
    return json::parse(text, text + bytes.size(), bounded);
  } catch (const json::exception& error) {
    corrupt(error.what());
  }
}

ModelCard read_model_card(const std::filesystem::path& path) {
  const Archive archive = Archive::open(path);
  return card_from_json(parse_card(archive.section(kCardSection)));
}

}  // namespace aisle
