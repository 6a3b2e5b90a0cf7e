// A backbone: a pretrained network that turns a text or a picture into features. What it is made of never changes: its
// manifest names every file by digest, and the manifest's own digest names the backbone. A name is a label on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"

namespace aisle::limits {
// Beside those of limits.h.
inline constexpr std::size_t kBackboneBytes = std::size_t{16} << 30;  // one file of weights
inline constexpr std::size_t kMaxTokens = 8192;                       // of one text, for a text network
}  // namespace aisle::limits

namespace aisle {

enum class BackboneInput { kText, kPicture };
std::string_view to_string(BackboneInput input);  // "text", "picture"

// The file that every backbone has; the others are config.json and the tokenizer's, under the names they came with.
inline constexpr std::string_view kBackboneWeights = "weights.safetensors";

struct BackboneFile {
  std::string name;
  Digest digest;  // of the blob
  std::int64_t bytes = 0;
  bool operator==(const BackboneFile&) const = default;
};

struct TextInput {
  std::string pooling = "mean";  // "mean", "first" or "pooler": what becomes of a text's tokens
  bool normalize = false;        // features are divided by their length
  std::int64_t max_tokens = 128;
  bool operator==(const TextInput&) const = default;
};

// The picture is resized and its middle is cut out; a channel is (x / 255 - mean) / deviation.
struct PictureInput {
  std::int64_t size = 224;     // of the cut, both sides
  std::int64_t resized = 256;  // of the shorter side before the cut; both sides where `squash`
  bool squash = false;
  std::string filter = "bilinear";  // or "bicubic", "lanczos"
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> deviation = {0.229, 0.224, 0.225};
  bool operator==(const PictureInput&) const = default;
};

struct BackboneManifest {
  std::string architecture;  // of architectures.h
  BackboneInput input = BackboneInput::kText;
  TextInput text;        // where input is kText
  PictureInput picture;  // where input is kPicture
  std::int64_t features = 0;
  std::int64_t parameters = 0;
  std::vector<BackboneFile> files;  // by name
  bool operator==(const BackboneManifest&) const = default;

  // kNotFound.
  const BackboneFile& file(std::string_view name) const;
  bool has(std::string_view name) const;
};

// As the workspace keeps it.
struct Backbone {
  std::string name;
  Digest digest;  // of the manifest's text: what features depend on
  BackboneManifest manifest;
  std::string source;  // where it came from, for people
  std::string actor;
  std::int64_t created_ms = 0;
  bool operator==(const Backbone&) const = default;
};

// Throws kInvalidArgument unless it has 1-64 of [a-z0-9_.-] and starts with a letter or a digit.
void check_backbone_name(std::string_view name);

}  // namespace aisle
