#include "train/member_names.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "model/fusion/members.h"

namespace aisle {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, what);
}

std::string shortened(std::string_view text) {
  return std::string(text.substr(0, 80));
}

struct MemberKey {
  std::size_t member = 0;
  std::string key;
};

// The longest name that the key begins with, before a dot: names of backbones may have dots.
std::optional<MemberKey> split_key(const std::vector<MemberName>& members, std::string_view key) {
  std::optional<MemberKey> found;
  std::size_t longest = 0;
  const auto consider = [&](std::size_t member, std::string_view name) {
    if (name.size() < longest || !key.starts_with(name) || key.substr(name.size(), 1) != ".") return;
    longest = name.size();
    found = {member, std::string(key.substr(name.size() + 1))};
  };
  for (std::size_t m = 0; m < members.size(); ++m) {
    const auto alike = std::ranges::count(members, members[m].kind, &MemberName::kind);
    if (alike == 1 && !members[m].kind.empty()) consider(m, members[m].kind);
    consider(m, members[m].text);
  }
  return found;
}

std::string joined(const std::vector<MemberName>& members) {
  std::string text;
  for (const MemberName& member : members) text += (text.empty() ? "" : ", ") + member.text;
  return text;
}

}  // namespace

bool stands_on_backbone(const Trainer& trainer) {
  return std::ranges::count(trainer.options(), "backbone", &OptionSpec::key) > 0;
}

MemberName parse_member(std::string_view text, const std::string& option) {
  MemberName member{std::string(text), {}, {}, 0};
  if (text.empty())
    refuse("--set " + option + " has an empty name: give KIND, KIND:BACKBONE or the number of a version");
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), member.version);
  if (end == text.data() + text.size() && status == std::errc() && member.version > 0) return member;
  member.version = 0;
  const std::size_t colon = text.find(':');
  member.kind = text.substr(0, colon);
  const Trainer& trainer = find_trainer(member.kind);
  if (colon == std::string_view::npos) return member;
  member.backbone = text.substr(colon + 1);
  if (!stands_on_backbone(trainer))
    refuse("'" + shortened(text) + "': " + member.kind + " stands on no backbone; write " + member.kind);
  if (member.backbone.empty()) refuse("'" + shortened(text) + "' names no backbone behind the colon");
  return member;
}

void require_simple(const MemberName& member, std::string_view kind) {
  if (!find_trainer(kind).is_made_of_models()) return;
  refuse("'" + shortened(member.text) +
         "' is itself made of models, and a fusion's members are simple ones: name its members instead");
}

std::vector<MemberName> parse_members(std::string_view list) {
  std::vector<MemberName> members;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    MemberName member = parse_member(list.substr(at, end - at), "members");
    if (!member.kind.empty()) require_simple(member, member.kind);
    if (std::ranges::count(members, member.text, &MemberName::text) > 0)
      refuse("'" + shortened(member.text) + "' is named twice in --set members");
    if (members.size() == kMostFusedMembers)
      refuse("--set members names more than " + std::to_string(kMostFusedMembers) + " models");
    members.push_back(std::move(member));
    at = end + 1;
  }
  if (members.size() < 2) refuse("a fusion needs two members or more; with one, use --model " + members[0].text);
  return members;
}

Parameters merge_members(const std::vector<MemberName>& members, Settings set, const std::string& prefix) {
  std::vector<Parameters> own(members.size());
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (!members[m].backbone.empty()) own[m].emplace_back("backbone", members[m].backbone);
  }
  for (const auto& [key, value] : set) {
    if (key.find('.') == std::string::npos) continue;
    const auto found = split_key(members, key);
    const std::string written = shortened(prefix + key);
    if (!found) {
      throw Error(ErrorCode::kUsage, "--set " + written + " names no member; there are: " + joined(members),
                  {{"key", written}});
    }
    if (members[found->member].version > 0) {
      throw Error(
          ErrorCode::kUsage,
          "version " + members[found->member].text + " is trained already: --set " + written + " comes too late",
          {{"key", written}});
    }
    own[found->member].emplace_back(found->key, value);
  }
  Parameters merged;
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (members[m].version > 0) continue;
    const std::string name = members[m].text + ".";
    for (auto& [key, value] : find_trainer(members[m].kind).merge(own[m], prefix + name))
      merged.emplace_back(name + key, value);
  }
  return merged;
}

Parameters parameters_of(const std::vector<MemberName>& members, std::size_t member, Settings merged) {
  Parameters own;
  for (const auto& [key, value] : merged) {
    const auto found = split_key(members, key);
    if (found && found->member == member) own.emplace_back(found->key, value);
  }
  return own;
}

}  // namespace aisle
