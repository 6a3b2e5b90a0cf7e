#include "workflow/encoders.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <utility>
#include <variant>

#include "core/error.h"
#include "core/progress.h"
#include "featurize/subword/subword_tokenizer.h"
#include "model/engine/engine.h"
#include "model/picture_encoder.h"
#include "model/text_encoder.h"
#include "workflow/backbones.h"

namespace aisle {
namespace {

// int8 loses more than bf16, which keeps what f32 says to three digits: it is for who asks for it.
engine::Precision fastest_precision(const network::Network& network) {
  return engine::choose_precision(network, [](engine::Precision one) { return one != engine::Precision::kInt8; });
}

PictureFilter filter_of(std::string_view name) {
  if (name == "bicubic") return PictureFilter::kBicubic;
  return name == "lanczos" ? PictureFilter::kLanczos : PictureFilter::kBilinear;
}

// How many ids the network has a row for.
std::size_t vocabulary_of(const network::Network& network) {
  for (const network::Operation& operation : network.operations()) {
    const auto* embedding = std::get_if<network::op::Embedding>(&operation.attributes);
    if (embedding != nullptr && embedding->index == network::op::Index::kId)
      return static_cast<std::size_t>(embedding->rows);
  }
  return 0;
}

// A folder that gives the backbone's files their names back, for readers that know files by them.
class NamedFiles {
 public:
  NamedFiles(Context& context, const BackboneManifest& manifest)
      : folder_(context.workspace.blobs->temporary_path("backbone")) {
    std::filesystem::create_directory(folder_);
    for (const BackboneFile& file : manifest.files) {
      if (file.name == kBackboneWeights) continue;
      std::filesystem::create_symlink(std::filesystem::absolute(backbone_file(context, manifest, file.name)),
                                      folder_ / file.name);
    }
  }
  ~NamedFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  NamedFiles(const NamedFiles&) = delete;
  NamedFiles& operator=(const NamedFiles&) = delete;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

PictureTransform transform_of(const PictureInput& input) {
  PictureTransform transform;
  const int size = static_cast<int>(input.size);
  transform.frame.width = transform.frame.height = size;
  transform.frame.resize = input.squash ? PictureResize::kSquash : PictureResize::kShortestSide;
  transform.frame.resized = static_cast<int>(input.resized);
  transform.frame.filter = filter_of(input.filter);
  for (std::size_t c = 0; c < 3; ++c) {
    transform.mean[c] = static_cast<float>(input.mean[c]);
    transform.deviation[c] = static_cast<float>(input.deviation[c]);
  }
  return transform;
}

}  // namespace

struct WorkspaceEncoders::State {
  State(Workspace& workspace, const Clock& clock) : context{workspace, clock, progress, cancel, "encoders"} {}

  SilentProgress progress;
  CancelToken cancel;
  Context context;
  PictureLibrary pictures;
  std::mutex mutex;  // one network is loaded at a time, so that two threads do not load the same
  std::map<std::pair<Digest, std::string>, std::weak_ptr<const Encoder>> open;  // by digest and precision

  std::shared_ptr<const Encoder> find_or_load(const Backbone& backbone, engine::Precision precision) {
    const std::string name(engine::precision_name(precision));
    const std::scoped_lock lock(mutex);
    std::weak_ptr<const Encoder>& slot = open[{backbone.digest, name}];
    std::shared_ptr<const Encoder> encoder = slot.lock();
    if (encoder == nullptr) slot = encoder = load(backbone, precision);
    return encoder;
  }

  std::shared_ptr<const Encoder> load(const Backbone& backbone, engine::Precision precision) {
    const OpenBackbone opened = open_backbone(context, backbone);
    const BackboneManifest& manifest = backbone.manifest;
    EncoderInfo info{backbone.name, backbone.digest, std::string(engine::precision_name(precision)),
                     manifest.input == BackboneInput::kText ? Reads::kText : Reads::kPicture,
                     static_cast<std::size_t>(manifest.features)};
    auto engine = engine::Engine::compile(opened.network, opened.weights, {.precision = precision});
    if (info.reads == Reads::kPicture) {
      return make_picture_encoder(
          {std::move(info), std::make_shared<PicturePreparer>(pictures, transform_of(manifest.picture)), engine});
    }
    const NamedFiles files(context, manifest);
    return make_text_encoder({std::move(info), open_subword_tokenizer(files.folder()), engine,
                              static_cast<std::size_t>(manifest.text.max_tokens), manifest.text.normalize},
                             vocabulary_of(opened.network));
  }
};

WorkspaceEncoders::WorkspaceEncoders(Workspace& workspace, const Clock& clock)
    : state_(std::make_unique<State>(workspace, clock)) {}
WorkspaceEncoders::~WorkspaceEncoders() = default;

std::shared_ptr<const Encoder> WorkspaceEncoders::open(std::string_view backbone, std::string_view precision) {
  const Backbone found = require_backbone(state_->context, backbone);
  if (precision != "auto") return state_->find_or_load(found, engine::precision_from_name(precision));
  return state_->find_or_load(found, fastest_precision(open_backbone(state_->context, found).network));
}

std::shared_ptr<const Encoder> WorkspaceEncoders::open(const EncoderInfo& info) {
  return state_->find_or_load(require_backbone(state_->context, info.digest),
                              engine::precision_from_name(info.precision));
}

}  // namespace aisle
