// In which numbers a network computes, and what this processor is fast at.
#pragma once

#include <cstdint>
#include <string_view>

namespace aisle::engine {

enum class Precision : std::uint8_t { kF32, kBf16, kInt8 };

std::string_view precision_name(Precision precision);  // "bf16"
Precision precision_from_name(std::string_view name);  // kInvalidArgument, with the names that there are

// Whether the processor computes so natively, which is when it is faster than the next wider one. DNNL_MAX_CPU_ISA
// holds here too.
bool is_native(Precision precision);

// Bytes may use all 8 bits: sums of products are not cut to 16 bits on the way (AVX-512 VNNI, AVX2 VNNI).
bool has_wide_byte_sums();

}  // namespace aisle::engine
