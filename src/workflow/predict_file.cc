#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include "codec/prediction_writer.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/parallel.h"
#include "workflow/file_items.h"
#include "workflow/predict.h"

namespace aisle {
namespace {

constexpr std::size_t kPiecesAThread = 4;  // read ahead; what bounds memory
constexpr std::size_t kItemsAPiece = 256;  // of formats that one thread must read
constexpr std::size_t kEvidence = 20;

// Answers items with scratch memory of its own: one a thread.
class Answerer {
 public:
  Answerer(const LoadedModel& model, const PredictionWriter& writer, const PredictFileSettings& settings)
      : card_(model.classifier->card()),
        writer_(writer),
        settings_(settings),
        worker_(model.classifier->new_worker()),
        batch_(model.classifier->preferred_batch()),
        probabilities_(card_.labels.size()) {}

  // What is wrong with an item that says nothing; over HTTP it is refused too.
  Problem emptiness(const Item& item) const {
    return {.kind = ProblemKind::kEmpty,
            .id = item.id,
            .message = empty_item_message(card_.text_fields, card_.reads_pictures)};
  }
  bool says_something(const Item& item) const {
    return has_text(item.texts) || (card_.reads_pictures && !item.picture.empty());
  }

  // Answers come out in the order of add() and refuse(), at the latest at flush(). Takes the item where it must wait.
  void add(Item& item, std::string& out) {
    if (batch_ == 1) {
      const Stopwatch stopwatch;
      const bool known = worker_->probabilities(view(item), probabilities_);
      return write(item, 0, known, stopwatch.seconds(), out);
    }
    if (waiting_.size() == count_) waiting_.emplace_back();
    std::swap(waiting_[count_].item, item);
    waiting_[count_++].refusal.clear();
    if (count_ == batch_) flush(out);
  }

  void refuse(std::int64_t row, const Problem& problem, std::string& out) {
    std::string line;
    append_bad_line(line, row, problem.id, to_string(problem.kind), problem.message);
    line += '\n';
    if (count_ == 0) {
      out += line;
      return;
    }
    if (waiting_.size() == count_) waiting_.emplace_back();
    waiting_[count_++].refusal = std::move(line);
  }

  void flush(std::string& out) {
    if (count_ == 0) return;
    const Stopwatch stopwatch;
    views_.clear();
    for (std::size_t i = 0; i < count_; ++i) {
      if (waiting_[i].refusal.empty()) views_.push_back(view(waiting_[i].item));
    }
    const std::size_t classes = card_.labels.size();
    probabilities_.resize(views_.size() * classes);
    known_.resize(views_.size());
    if (!views_.empty()) worker_->probabilities_of(views_, probabilities_, known_);
    const double seconds = views_.empty() ? 0 : stopwatch.seconds() / static_cast<double>(views_.size());
    std::size_t answered = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!waiting_[i].refusal.empty()) {
        out += waiting_[i].refusal;
      } else {
        write(waiting_[i].item, answered, known_[answered] != 0, seconds, out);
        ++answered;
      }
    }
    count_ = 0;
  }

 private:
  struct Waiting {
    Item item;
    std::string refusal;  // "": an item
  };

  // `place` is the item's in the worker's last call.
  void write(const Item& item, std::size_t place, bool known, double seconds, std::string& out) {
    const std::size_t classes = card_.labels.size();
    decide(card_, std::span(probabilities_).subspan(place * classes, classes), settings_.top_k, prediction_, known,
           *worker_, place);
    AnswerExtras extras{.id = item.id};
    if (settings_.explain && !prediction_.labels.empty()) {
      explanation_ = worker_->explain(view(item), prediction_.labels.front().label, kEvidence);
      extras.explanation = &explanation_;
    }
    writer_.append(out, prediction_, seconds * 1e3, extras);
    out += '\n';
  }

  const ModelCard& card_;
  const PredictionWriter& writer_;
  const PredictFileSettings& settings_;
  std::unique_ptr<Worker> worker_;
  std::size_t batch_;
  std::vector<Waiting> waiting_;  // the first count_ of them
  std::size_t count_ = 0;
  std::vector<ItemView> views_;
  std::vector<std::uint8_t> known_;
  std::vector<float> probabilities_;
  Prediction prediction_;
  Explanation explanation_;
};

struct Piece {
  LineBlock block;               // JSONL
  std::vector<ReadResult> rows;  // other formats
  std::size_t row_count = 0;
  std::string answers;
  PredictFileResult counts;
};

void count_and_answer(ReadResult& result, Answerer& answerer, Piece& piece) {
  if (result.rejected()) {
    ++piece.counts.rejected;
    return answerer.refuse(result.row, result.problems.front(), piece.answers);
  }
  result.item.picture.swap(result.picture);
  if (!answerer.says_something(result.item)) {
    ++piece.counts.rejected;
    return answerer.refuse(result.row, answerer.emptiness(result.item), piece.answers);
  }
  ++piece.counts.items;
  answerer.add(result.item, piece.answers);
}

// Reads pieces, answers them on all threads, writes them in order, all at the same time.
class FilePredictor {
 public:
  FilePredictor(Context& context, const LoadedModel& model, const PredictFileSettings& settings, std::ostream& out)
      : context_(context),
        out_(out),
        threads_(thread_count(settings.threads)),
        writer_(model.classifier->card().labels, model.task.name, model.version.version,
                model.classifier->card().members),
        pieces_(threads_ * kPiecesAThread) {
    for (std::size_t i = 0; i < threads_; ++i) answerers_.emplace_back(model, writer_, settings);
  }

  // `fill(piece)` reads the next piece, false at the end; `answer(piece, thread)` answers it.
  template <typename Fill, typename Answer>
  PredictFileResult run(Fill fill, Answer answer) {
    ordered_pipeline(
        threads_, pieces_.size(),
        [&](std::size_t i) {
          context_.cancel.check();
          return fill(pieces_[i]);
        },
        [&](std::size_t i, std::size_t thread) {
          pieces_[i].answers.clear();
          pieces_[i].counts = {};
          answer(pieces_[i], thread);
          answerers_[thread].flush(pieces_[i].answers);
        },
        [&](std::size_t i) { write(pieces_[i]); });
    return totals_;
  }

  Answerer& answerer(std::size_t thread) { return answerers_[thread]; }
  std::size_t threads() const { return threads_; }

 private:
  void write(const Piece& piece) {
    out_.write(piece.answers.data(), static_cast<std::streamsize>(piece.answers.size()));
    totals_.items += piece.counts.items;
    totals_.rejected += piece.counts.rejected;
    if (!out_) throw Error(ErrorCode::kIo, "cannot write the answers; is the disk full or the pipe closed?");
  }

  Context& context_;
  std::ostream& out_;
  std::size_t threads_;
  PredictionWriter writer_;
  std::vector<Answerer> answerers_;
  std::vector<Piece> pieces_;
  PredictFileResult totals_;
};

void report(Context& context, const std::string& name, std::uint64_t done, std::uint64_t total) {
  context.progress.update({.stage = "predicting " + name, .done = done, .total = total, .unit = "bytes"});
}

// Lines are parsed on all threads.
PredictFileResult predict_lines(Context& context, const LoadedModel& model, const std::string& source,
                                const ReadOptions& options, FilePredictor& predictor) {
  BlockReader reader(open_bytes(source), source);
  std::vector<JsonlItemParser> parsers;
  for (std::size_t i = 0; i < predictor.threads(); ++i) parsers.emplace_back(model.task, options, source);
  const auto fill = [&](Piece& piece) {
    report(context, source, reader.bytes_done(), reader.bytes_total());
    return reader.next(piece.block);
  };
  return predictor.run(fill, [&](Piece& piece, std::size_t thread) {
    parsers[thread].parse(piece.block,
                          [&](ReadResult& result) { count_and_answer(result, predictor.answerer(thread), piece); });
  });
}

// Rows come one after the other; only answering is spread.
PredictFileResult predict_rows(Context& context, const LoadedModel& model, const InputGroup& group,
                               const ReadOptions& options, FilePredictor& predictor) {
  const auto reader = open_items(group, model.task, options);
  const auto fill = [&](Piece& piece) {
    report(context, reader->name(), reader->bytes_done(), reader->bytes_total());
    piece.rows.resize(kItemsAPiece);
    piece.row_count = 0;
    while (piece.row_count < kItemsAPiece && reader->next(piece.rows[piece.row_count])) ++piece.row_count;
    return piece.row_count > 0;
  };
  const auto answer = [&](Piece& piece, std::size_t thread) {
    for (std::size_t i = 0; i < piece.row_count; ++i)
      count_and_answer(piece.rows[i], predictor.answerer(thread), piece);
  };
  return predictor.run(fill, answer);
}

}  // namespace

PredictFileResult predict_file(Context& context, const LoadedModel& model, const PredictFileSettings& settings,
                               std::ostream& out) {
  ReadOptions options = read_options(settings.read, LabelUse::kIgnored);
  options.pictures = model.classifier->card().reads_pictures ? PictureUse::kRead : PictureUse::kFind;
  FilePredictor predictor(context, model, settings, out);
  PredictFileResult totals;
  for (const InputGroup& group : group_inputs(settings.read.sources, options.format)) {
    const auto part = group.format == Format::kJsonl
                          ? predict_lines(context, model, group.sources.front(), options, predictor)
                          : predict_rows(context, model, group, options, predictor);
    totals = part;  // the predictor counts over all groups
  }
  return totals;
}

}  // namespace aisle
