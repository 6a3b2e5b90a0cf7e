// The models that a fused model holds in its file, and what a thread asks them. A member's file is a section of the
// fused model's, "member.0", "member.1", ...; what may stand in what is bounded, because files come from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/archive.h"
#include "model/classifier.h"

namespace aisle {

inline constexpr std::size_t kMostFusedMembers = 16;
inline constexpr std::size_t kDeepestFile = 2;  // a cascade's fusion's members

// Writes a fused model's file: the kind, its card, `sections` of its own, and the members' files as they are.
struct FusedFile {
  std::string kind;
  std::string card;  // JSON
  ArchiveWriter sections;
  std::vector<std::filesystem::path> members;
};
void write_fused_file(FusedFile& file, const std::filesystem::path& path);

// Opens member.0 to member.[count - 1]. kCorrupt where one is missing, has not the card's labels, kind or fields, or
// where files stand too deep in files. The archive must outlive them.
std::vector<std::shared_ptr<const Classifier>> open_members(const Archive& archive, const ModelCard& card,
                                                            std::size_t count, EncoderSource& encoders,
                                                            std::size_t depth);

// The file of one of them. kCorrupt where it is missing.
std::span<const std::byte> member_file(const Archive& archive, std::size_t member);

// A thread's worker of one member, with what it said of the last items.
class MemberSeat {
 public:
  MemberSeat(const Classifier& model, std::uint32_t number);

  void ask(std::span<const ItemView> items);
  bool known(std::size_t item) const { return known_[item] != 0; }
  std::span<const float> probabilities(std::size_t item) const {  // [K]; priors where nothing is known
    return std::span(probabilities_).subspan(item * classes_, classes_);
  }
  MemberAnswer answer(std::size_t item) const;
  Worker& worker() const { return *worker_; }

 private:
  std::uint32_t number_;
  std::size_t classes_;
  std::unique_ptr<Worker> worker_;
  std::vector<float> probabilities_;  // [items, K]
  std::vector<std::uint8_t> known_;   // [items]
  double milliseconds_ = 0;           // of each
};

// Evidence of several explanations as one: what is named twice counts once with the sum. Strongest first.
void merge_evidence(std::vector<Evidence>& evidence, std::size_t limit);

}  // namespace aisle
