// The arithmetic that a fused model and its training share: which members an item concerns, and how class
// probabilities become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "domain/task.h"

namespace aisle {

// What an item brings of what the members read. A fusion whose members all read the same has kEverything alone.
enum class Present : std::uint8_t { kEverything, kTexts, kPictures };

// 3 where some members read pictures and some texts, else 1. pictures: [members], 1 for those that read pictures.
std::size_t count_cases(std::span<const std::uint8_t> pictures);

// Whether a case has a member.
bool has_member(Present present, bool reads_pictures);

// The case of an item of which known[m] members found something; kEverything where none did. [members] both.
Present present_parts(std::span<const std::uint8_t> pictures, std::span<const std::uint8_t> known);

// In place: probabilities to their logarithms (category) or log odds (tags), kept within what float32 can tell from 0.
void to_scores(TaskKind kind, std::span<float> probabilities);

// In place: weights to the known members' shares of the whole, their sum 1; alike where no known one has a weight,
// zeros where none is known. [members] both.
void mixture_shares(std::span<const std::uint8_t> known, std::span<float> weights);

// The mean of the members' probabilities, each [K], by their shares. shares, members: [members]; out: [K].
void mix(std::span<const float> shares, std::span<const std::span<const float>> members, std::span<float> out);

}  // namespace aisle
