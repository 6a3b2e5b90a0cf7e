// The explicit list of the kinds of model that this program can open.
#include <array>
#include <string>

#include "model/archive.h"
#include "model/card_json.h"
#include "model/classifier.h"
#include "model/frozen/frozen_model.h"
#include "model/fusion/cascade_model.h"
#include "model/fusion/fusion_model.h"
#include "model/linear/linear_model.h"

namespace aisle {
namespace {

struct Kind {
  std::string_view name;
  std::shared_ptr<const Classifier> (*open)(Archive archive, EncoderSource& encoders, std::size_t depth);
};

std::shared_ptr<const Classifier> open_linear(Archive archive, EncoderSource&, std::size_t) {
  return open_linear_model(std::move(archive));
}

std::shared_ptr<const Classifier> open_frozen(Archive archive, EncoderSource& encoders, std::size_t) {
  return open_frozen_model(std::move(archive), encoders);
}

constexpr std::array<Kind, 7> kKinds = {{
    {kAverageKind, open_fusion_model},
    {kCascadeKind, open_cascade_model},
    {kConcatKind, open_fusion_model},
    {kLinearKind, open_linear},
    {kPictureKind, open_frozen},
    {kSentenceKind, open_frozen},
    {kWeightedKind, open_fusion_model},
}};

}  // namespace

std::shared_ptr<const Classifier> open_classifier(Archive archive, EncoderSource& encoders, std::size_t depth) {
  const std::span<const std::byte> bytes = archive.section(kKindSection);
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return kind.open(std::move(archive), encoders, depth);
  }
  throw Error(ErrorCode::kUnsupported,
              "this program does not know the kind of model '" + std::string(name.substr(0, 40)) + "'");
}

std::shared_ptr<const Classifier> open_classifier(const std::filesystem::path& path, EncoderSource& encoders) {
  Archive archive = Archive::open(path);
  try {
    return open_classifier(std::move(archive), encoders, 0);
  } catch (const Error& error) {
    throw error.with("file", path.string());
  }
}

}  // namespace aisle
