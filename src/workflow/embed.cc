#include "workflow/embed.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "featurize/joined_text.h"
#include "ingest/item_reader.h"
#include "workflow/backbones.h"
#include "workflow/cached_encoders.h"
#include "workflow/file_items.h"
#include "workflow/npy_writer.h"

namespace aisle {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchBytes = std::size_t{128} << 20;  // of texts and pictures that are held, and one more
constexpr std::size_t kKeptProblems = 20;

// Removed unless it was published.
class PartFile {
 public:
  explicit PartFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~PartFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What the rows are read as: no task is needed to embed.
Task reading_of(BackboneInput input, const std::vector<std::string>& fields) {
  Task task;
  task.name = "embed";
  if (input == BackboneInput::kPicture) {
    if (!fields.empty()) throw Error(ErrorCode::kUsage, "this backbone reads pictures: leave --field out");
    task.image_field = "image";
    return task;
  }
  if (fields.empty()) throw Error(ErrorCode::kUsage, "say which fields hold the text: --field title,body");
  task.text_fields = fields;
  return task;
}

// Opens the backbone at once, but for pictures in int8: that is calibrated on the first of the input's.
class LazyEncoder {
 public:
  LazyEncoder(EncoderSource& source, const Backbone& backbone, const std::string& precision)
      : source_(source), backbone_(backbone), precision_(precision) {
    if (reads() == BackboneInput::kText || precision != "int8") encoder_ = source.open(backbone.name, precision);
  }

  BackboneInput reads() const { return backbone_.manifest.input; }
  std::size_t dimension() const { return static_cast<std::size_t>(backbone_.manifest.features); }
  std::string precision() const { return encoder_ ? encoder_->info().precision : precision_; }

  const Encoder& get(std::span<const std::string_view> inputs, std::size_t threads) {
    if (!encoder_) encoder_ = source_.calibrate(backbone_.name, inputs, threads);
    return *encoder_;
  }

 private:
  EncoderSource& source_;
  const Backbone& backbone_;
  std::string precision_;
  std::shared_ptr<const Encoder> encoder_;
};

class Embedder {
 public:
  Embedder(Context& context, const EmbedSettings& settings, LazyEncoder& encoder, NpyWriter& writer)
      : context_(context), encoder_(encoder), writer_(writer), threads_(thread_count(settings.threads)) {}

  void add(ReadResult& read) {
    if (!read.rejected()) {
      std::string input = encoder_.reads() == BackboneInput::kPicture
                              ? std::move(read.picture)
                              : std::string(joined_text({read.item.texts, {}}, scratch_));
      if (input.empty()) refuse(read);
      bytes_ += input.size();
      inputs_.push_back(std::move(input));
      places_.push_back({read.row, read.item.id});
    } else {
      ++result_.rejected;
      keep(read.problems.front());
      inputs_.emplace_back();
      places_.push_back({read.row, ""});
    }
    if (inputs_.size() == kBatch || bytes_ >= kBatchBytes) flush();
  }

  EmbedResult finish() {
    flush();
    result_.dimension = static_cast<std::int64_t>(encoder_.dimension());
    result_.precision = encoder_.precision();
    return std::move(result_);
  }

 private:
  struct Place {
    std::int64_t row = 0;
    std::string id;
  };

  void keep(Problem problem) {
    if (result_.problems.size() < kKeptProblems) result_.problems.push_back(std::move(problem));
  }
  void refuse(const ReadResult& read) {
    ++result_.rejected;
    keep({.kind = ProblemKind::kEmpty,
          .row = read.row,
          .id = read.item.id,
          .message = "there is nothing that the backbone reads"});
  }

  void flush() {
    context_.cancel.check();
    const std::size_t width = encoder_.dimension();
    std::vector<std::string_view> known;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].empty()) continue;
      known.push_back(inputs_[i]);
      places.push_back(i);
    }
    std::vector<float> features(known.size() * width), rows(inputs_.size() * width);
    std::vector<std::string> faults(known.size());
    if (!known.empty()) encoder_.get(known, threads_).encode(known, threads_, features, faults);
    for (std::size_t i = 0; i < known.size(); ++i) {
      std::copy_n(&features[i * width], width, &rows[places[i] * width]);
      if (faults[i].empty()) {
        ++result_.items;
        continue;
      }
      ++result_.rejected;
      keep({.kind = encoder_.reads() == BackboneInput::kPicture ? ProblemKind::kUnreadablePicture : ProblemKind::kEmpty,
            .row = places_[places[i]].row,
            .id = places_[places[i]].id,
            .message = faults[i]});
    }
    writer_.add(rows);
    done_ += inputs_.size();
    context_.progress.update({.stage = "embedding", .done = done_, .unit = "items"});
    inputs_.clear();
    places_.clear();
    bytes_ = 0;
  }

  Context& context_;
  LazyEncoder& encoder_;
  NpyWriter& writer_;
  std::size_t threads_;
  JoinedTextScratch scratch_;
  std::vector<std::string> inputs_;  // "": a row of zeros
  std::size_t bytes_ = 0;            // of inputs_
  std::vector<Place> places_;
  std::uint64_t done_ = 0;
  EmbedResult result_;
};

}  // namespace

EmbedResult embed(Context& context, const EmbedSettings& settings) {
  CachedEncoders encoders(context);
  const Backbone backbone = require_backbone(context, settings.backbone);
  LazyEncoder encoder(encoders, backbone, settings.precision);
  const Task task = reading_of(encoder.reads(), settings.fields);
  ReadOptions options = read_options(settings.read, LabelUse::kIgnored);
  options.pictures = encoder.reads() == BackboneInput::kPicture ? PictureUse::kRead : PictureUse::kIgnore;
  const PartFile part(settings.output + ".part");
  NpyWriter writer(part.path(), encoder.dimension());
  Embedder embedder(context, settings, encoder, writer);
  ReadResult read;
  for (const InputGroup& group : group_inputs(settings.read.sources, options.format)) {
    const auto reader = open_items(group, task, options);
    while (reader->next(read)) embedder.add(read);
  }
  EmbedResult result = embedder.finish();
  writer.finish();
  publish_file(part.path(), settings.output);
  return result;
}

}  // namespace aisle
