// The explicit list of the kinds of model that this program can open.
#include <array>
#include <string>

#include "model/archive.h"
#include "model/card_json.h"
#include "model/classifier.h"
#include "model/frozen/frozen_model.h"
#include "model/linear/linear_model.h"

namespace aisle {
namespace {

struct Kind {
  std::string_view name;
  std::shared_ptr<const Classifier> (*open)(Archive archive, EncoderSource& encoders);
};

constexpr std::array<Kind, 3> kKinds = {{
    {kLinearKind, [](Archive archive, EncoderSource&) { return open_linear_model(std::move(archive)); }},
    {kPictureKind, open_frozen_model},
    {kSentenceKind, open_frozen_model},
}};

}  // namespace

std::shared_ptr<const Classifier> open_classifier(const std::filesystem::path& path, EncoderSource& encoders) {
  Archive archive = Archive::open(path);
  try {
    const std::span<const std::byte> bytes = archive.section(kKindSection);
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const Kind& kind : kKinds) {
      if (kind.name == name) return kind.open(std::move(archive), encoders);
    }
    throw Error(ErrorCode::kUnsupported,
                "this program does not know the kind of model '" + std::string(name.substr(0, 40)) + "'");
  } catch (const Error& error) {
    throw error.with("file", path.string());
  }
}

}  // namespace aisle
