// Bounds on everything that comes from outside. One place, so that every reader refuses the same.
#pragma once

#include <cstddef>

namespace aisle::limits {

inline constexpr std::size_t kFieldBytes = 1 << 20;  // one text of one item
inline constexpr std::size_t kRowBytes = 8 << 20;    // one record of a file, one line of JSONL
inline constexpr std::size_t kItemBytes = 32 << 20;  // the JSON of one item with its picture in base64
inline constexpr std::size_t kIdBytes = 200;
inline constexpr std::size_t kLabelBytes = 200;
inline constexpr std::size_t kLabelsPerItem = 200;
inline constexpr std::size_t kLabelsPerTask = 100'000;
inline constexpr std::size_t kColumns = 1000;  // of a file
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kPictureBytes = 20 << 20;
inline constexpr std::size_t kPicturePixels = 50'000'000;
inline constexpr std::size_t kFormParts = 1000;         // of one multipart body
inline constexpr std::size_t kFormHeadBytes = 4 << 10;  // the headers of one part
inline constexpr std::size_t kFormBoundaryBytes = 70;   // RFC 2046, 5.1.1
inline constexpr std::size_t kTopK = 1000;
inline constexpr std::size_t kTensorElements = std::size_t{1} << 31;  // of one weight or one intermediate result
inline constexpr std::size_t kTensorSide = 1 << 24;                   // one dimension of one operation of a network
inline constexpr std::size_t kNetworkParameters = std::size_t{1} << 32;
inline constexpr std::size_t kNetworkOperations = 10'000;
inline constexpr std::size_t kTokenizerBytes = 32 << 20;  // one file of a subword tokenizer
inline constexpr std::size_t kVocabularyTokens = 1 << 20;
inline constexpr std::size_t kVocabularyBytes = 8 << 20;  // of all tokens together
inline constexpr std::size_t kTokenBytes = 1000;

}  // namespace aisle::limits
