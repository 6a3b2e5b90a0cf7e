#include "train/kept_members.h"

#include <algorithm>
#include <string>

#include "core/files.h"
#include "model/classifier.h"
#include "model/fusion/members.h"

namespace aisle {

TrainedVersion KeptMembers::find_version(std::int64_t version) {
  const ModelCard card = read_model_card(fused_);
  const auto found = std::ranges::find(card.members, std::to_string(version));
  const auto place = static_cast<std::size_t>(found - card.members.begin());
  if (place >= card.member_trainings.size()) return other_.find_version(version);
  const auto [file, is_new] = files_.try_emplace(version, beside_);
  if (is_new) {
    const Archive archive = Archive::open(fused_);
    const std::span<const std::byte> bytes = member_file(archive, place);
    write_file_atomically(file->second.path(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const MemberTraining& training = card.member_trainings[place];
  return {training.model, training.parameters, training.seed, file->second.path()};
}

}  // namespace aisle
