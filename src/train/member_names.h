// How people name the members of a fused model, and the options of one of them.
//
//   members = KIND[:BACKBONE] | VERSION, ...     linear,sentence:minilm,picture:lite0     3,7
//   MEMBER.key=value                             linear.epochs=5   sentence:minilm.c=3   sentence.c=3
//
// The kind alone names a member where only one of that kind is there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/trainer.h"

namespace aisle {

using Settings = std::span<const std::pair<std::string, std::string>>;

struct MemberName {
  std::string text;          // as written
  std::string kind;          // "" for a version
  std::string backbone;      // "" where none is named
  std::int64_t version = 0;  // 0 for a kind
};

// `option` is the key of --set that names it. kInvalidArgument: no such kind, a backbone for a kind that takes none.
MemberName parse_member(std::string_view text, const std::string& option);

// Whether its models have features of a frozen network.
bool stands_on_backbone(const Trainer& trainer);

// kInvalidArgument where the model `kind` is itself made of models.
void require_simple(const MemberName& member, std::string_view kind);

// 2 to kMostFusedMembers simple models, none twice. kInvalidArgument.
std::vector<MemberName> parse_members(std::string_view list);

// Every option of the members as MEMBER.key, what `set` says of them over their defaults. Keys without a member are
// left out. `prefix` as in Trainer::merge. kUsage: no such member or key, options of a version.
Parameters merge_members(const std::vector<MemberName>& members, Settings set, const std::string& prefix);

// Those of merged parameters that are a member's, by their own keys.
Parameters parameters_of(const std::vector<MemberName>& members, std::size_t member, Settings merged);

}  // namespace aisle
