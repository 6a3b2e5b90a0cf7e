#include "workflow/encoders.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "featurize/subword/subword_tokenizer.h"
#include "model/engine/engine.h"
#include "model/picture_encoder.h"
#include "model/text_encoder.h"
#include "workflow/backbones.h"
#include "workflow/picture_settings.h"

namespace aisle {
namespace {

constexpr std::size_t kMostTeam = 4;  // threads on one picture: its last layers have 7 rows

// bf16 keeps what f32 says to three digits; int8 is for who asks for it or has measured what it costs.
engine::Precision fastest_precision() {
  return engine::choose_precision([](engine::Precision one) { return one != engine::Precision::kInt8; });
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

}  // namespace

struct WorkspaceEncoders::State {
  State(Workspace& workspace, const Clock& clock, Progress& progress)
      : context{workspace, clock, progress, cancel, "encoders"} {}

  CancelToken cancel;
  Context context;
  PictureLibrary pictures;
  std::mutex mutex;  // one network is loaded at a time, so that two threads do not load the same
  std::map<std::string, std::weak_ptr<const Encoder>> open;  // by feature_space

  std::shared_ptr<const Encoder> find_or_load(const Backbone& backbone, std::string_view precision,
                                              const engine::Ranges& ranges = {}) {
    EncoderInfo info{backbone.name,
                     backbone.digest,
                     std::string(precision),
                     backbone.manifest.input == BackboneInput::kText ? Reads::kText : Reads::kPicture,
                     static_cast<std::size_t>(backbone.manifest.features),
                     ranges};
    const std::scoped_lock lock(mutex);
    std::erase_if(open, [](const auto& entry) { return entry.second.expired(); });
    std::weak_ptr<const Encoder>& slot = open[feature_space(info)];
    std::shared_ptr<const Encoder> encoder = slot.lock();
    if (encoder == nullptr) slot = encoder = load(backbone, std::move(info));
    return encoder;
  }

  std::shared_ptr<const Encoder> load(const Backbone& backbone, EncoderInfo info) {
    const OpenBackbone opened = open_backbone(context, backbone);
    const BackboneManifest& manifest = backbone.manifest;
    auto engine = compile(opened, engine::precision_from_name(info.precision), info.ranges);
    if (info.reads == Reads::kPicture)
      return make_picture_encoder({std::move(info), preparer_of(manifest), std::move(engine)});
    const NamedFiles files(context, manifest);
    return make_text_encoder({std::move(info), open_subword_tokenizer(files.folder()), std::move(engine),
                              static_cast<std::size_t>(manifest.text.max_tokens), manifest.text.normalize},
                             opened.network.vocabulary());
  }

  static std::shared_ptr<const engine::Engine> compile(const OpenBackbone& opened, engine::Precision precision,
                                                       const engine::Ranges& ranges) {
    return engine::Engine::compile(
        opened.network, opened.weights,
        {.precision = precision, .threads = std::min(thread_count(0), kMostTeam), .ranges = ranges});
  }

  std::shared_ptr<const PicturePreparer> preparer_of(const BackboneManifest& manifest) {
    return std::make_shared<PicturePreparer>(pictures, transform_of(manifest.picture));
  }
};

WorkspaceEncoders::WorkspaceEncoders(Workspace& workspace, const Clock& clock, Progress& progress)
    : state_(std::make_unique<State>(workspace, clock, progress)) {}
WorkspaceEncoders::~WorkspaceEncoders() = default;

std::shared_ptr<const Encoder> WorkspaceEncoders::open(std::string_view backbone, std::string_view precision) {
  const Backbone found = require_backbone(state_->context, backbone);
  const engine::Precision chosen = precision == "auto" ? fastest_precision() : engine::precision_from_name(precision);
  return state_->find_or_load(found, engine::precision_name(chosen));
}

std::shared_ptr<const Encoder> WorkspaceEncoders::open(const EncoderInfo& info) {
  const Backbone found = require_backbone(state_->context, info.digest);
  if (engine::can_compute(engine::precision_from_name(info.precision)))
    return state_->find_or_load(found, info.precision, info.ranges);
  {
    const std::scoped_lock lock(state_->mutex);
    state_->context.progress.message("the model was trained on features in " + info.precision +
                                     ", which this processor does not have: '" + found.name + "' computes in f32 here");
  }
  return state_->find_or_load(found, "f32");
}

std::shared_ptr<const Encoder> WorkspaceEncoders::calibrate(std::string_view backbone,
                                                            std::span<const std::string_view> pictures,
                                                            std::size_t threads) {
  const Backbone found = require_backbone(state_->context, backbone);
  if (found.manifest.input != BackboneInput::kPicture)
    throw Error(ErrorCode::kInvalidArgument, "the backbone '" + found.name + "' reads texts: it needs no calibration");
  const OpenBackbone opened = open_backbone(state_->context, found);
  const auto exact = State::compile(opened, engine::Precision::kF32, {});
  const auto preparer = state_->preparer_of(found.manifest);
  return state_->find_or_load(found, "int8", measure_ranges(*preparer, *exact, pictures, threads));
}

}  // namespace aisle
