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
        probabilities_(card_.labels.size()) {}

  // What is wrong with an item that says nothing; over HTTP it is refused too.
  Problem emptiness(const Item& item) const {
    return {.kind = ProblemKind::kEmpty, .id = item.id, .message = empty_item_message(card_.text_fields)};
  }

  void answer(const Item& item, std::string& out) {
    const Stopwatch stopwatch;
    worker_->probabilities(view(item), probabilities_);
    decide(card_, probabilities_, settings_.top_k, prediction_);
    const double latency_ms = stopwatch.seconds() * 1e3;
    AnswerExtras extras{.id = item.id};
    if (settings_.explain && !prediction_.labels.empty()) {
      explanation_ = worker_->explain(view(item), prediction_.labels.front().label, kEvidence);
      extras.explanation = &explanation_;
    }
    writer_.append(out, prediction_, latency_ms, extras);
    out += '\n';
  }

 private:
  const ModelCard& card_;
  const PredictionWriter& writer_;
  const PredictFileSettings& settings_;
  std::unique_ptr<Worker> worker_;
  std::vector<float> probabilities_;
  Prediction prediction_;
  Explanation explanation_;
};

void append_refusal(std::int64_t row, const Problem& problem, std::string& out) {
  append_bad_line(out, row, problem.id, to_string(problem.kind), problem.message);
  out += '\n';
}

struct Piece {
  LineBlock block;               // JSONL
  std::vector<ReadResult> rows;  // other formats
  std::size_t row_count = 0;
  std::string answers;
  PredictFileResult counts;
};

void count_and_answer(const ReadResult& result, Answerer& answerer, Piece& piece) {
  if (result.rejected()) {
    ++piece.counts.rejected;
    append_refusal(result.row, result.problems.front(), piece.answers);
  } else if (!has_text(result.item.texts)) {
    ++piece.counts.rejected;
    append_refusal(result.row, answerer.emptiness(result.item), piece.answers);
  } else {
    ++piece.counts.items;
    answerer.answer(result.item, piece.answers);
  }
}

// Reads pieces, answers them on all threads, writes them in order, all at the same time.
class FilePredictor {
 public:
  FilePredictor(Context& context, const LoadedModel& model, const PredictFileSettings& settings, std::ostream& out)
      : context_(context),
        out_(out),
        threads_(thread_count(settings.threads)),
        writer_(model.classifier->card().labels, model.task.name, model.version.version),
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
  options.pictures = PictureUse::kFind;
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
