#include "featurize/subword/splitter.h"

#include <array>
#include <utility>

#include "featurize/subword/character_classes.h"
#include "featurize/subword/code_points.h"
#include "featurize/subword/gpt2_split.h"

namespace aisle::subword {
namespace {

enum class BertKind : std::uint8_t { kSpace, kPunctuation, kLetter };

BertKind bert_kind(char32_t c) {
  return is_space(c) ? BertKind::kSpace : is_punctuation(c) ? BertKind::kPunctuation : BertKind::kLetter;
}

class BertSplitter final : public Splitter {
 public:
  BertSplitter() {
    for (std::size_t c = 0; c < ascii_.size(); ++c) ascii_[c] = bert_kind(static_cast<char32_t>(c));
  }

  void apply(Pieces& pieces) const override {
    for (const PieceRange& range : pieces.ranges) split(pieces, range);
    pieces.finish(false);
  }

 private:
  void split(Pieces& pieces, PieceRange range) const {
    std::size_t begin = range.begin;
    for (std::size_t at = begin; at < range.end;) {
      const std::size_t start = at;
      const BertKind kind = next_kind(pieces.text, at);
      if (kind == BertKind::kLetter) continue;
      pieces.add(begin, start);
      if (kind == BertKind::kPunctuation) pieces.add(start, at);
      begin = at;
    }
    pieces.add(begin, range.end);
  }

  BertKind next_kind(std::string_view text, std::size_t& at) const {
    return is_ascii(text[at]) ? ascii_[static_cast<unsigned char>(text[at++])] : bert_kind(next_code_point(text, at));
  }

  std::array<BertKind, 128> ascii_{};
};

class PatternSplitter final : public Splitter {
 public:
  PatternSplitter(std::unique_ptr<const TextPattern> pattern, SplitBehavior behavior, bool inverted)
      : pattern_(std::move(pattern)), behavior_(behavior), inverted_(inverted) {}

  void apply(Pieces& pieces) const override {
    for (const PieceRange& range : pieces.ranges) {
      pattern_->find(pieces.piece(range), pieces.matches);
      if (inverted_) {
        for (Match& match : pieces.matches) match.is_match = !match.is_match;
      }
      add_all(pieces, range.begin);
    }
    pieces.finish(false);
  }

 private:
  void add_all(Pieces& pieces, std::size_t offset) const {
    const std::vector<Match>& matches = pieces.matches;
    for (std::size_t i = 0; i < matches.size();) {
      const std::size_t first = i++;
      if (behavior_ == SplitBehavior::kRemoved && matches[first].is_match) continue;
      while (i < matches.size() && joins(matches, i)) ++i;
      pieces.add(offset + matches[first].begin, offset + matches[i - 1].end);
    }
  }

  // Whether part i belongs to the piece of part i - 1.
  bool joins(const std::vector<Match>& matches, std::size_t i) const {
    const bool is_match = matches[i].is_match, follows_match = matches[i - 1].is_match;
    switch (behavior_) {
      case SplitBehavior::kMergedWithPrevious:
        return is_match && !follows_match;
      case SplitBehavior::kMergedWithNext:
        return follows_match && !is_match;
      case SplitBehavior::kContiguous:
        return is_match == follows_match;
      default:
        return false;
    }
  }

  std::unique_ptr<const TextPattern> pattern_;
  SplitBehavior behavior_;
  bool inverted_;
};

class MetaspaceSplitter final : public Splitter {
 public:
  MetaspaceSplitter(std::string replacement, PrefixSpace prefix, bool split)
      : replacement_(std::move(replacement)), prefix_(prefix), split_(split) {}

  void apply(Pieces& pieces) const override {
    for (const PieceRange& range : pieces.ranges) {
      append(pieces, pieces.piece(range), pieces.starts_text && range.begin == 0);
    }
    pieces.finish(true);
  }

 private:
  void append(Pieces& pieces, std::string_view piece, bool is_first) const {
    std::string& out = pieces.next_own;
    std::size_t begin = out.size();
    const bool has_prefix = piece[0] == ' ' || piece.starts_with(replacement_);
    if (!has_prefix && (prefix_ == PrefixSpace::kAlways || (prefix_ == PrefixSpace::kFirst && is_first)))
      out.append(replacement_);
    for (std::size_t at = 0; at < piece.size();) {
      const bool is_space = piece[at] == ' ';
      if (is_space || (piece[at] == replacement_[0] && piece.substr(at).starts_with(replacement_))) {
        if (split_) {
          pieces.add(begin, out.size());
          begin = out.size();
        }
        out.append(replacement_);
        at += is_space ? 1 : replacement_.size();
      } else {
        out.push_back(piece[at++]);
      }
    }
    pieces.add(begin, out.size());
  }

  std::string replacement_;
  PrefixSpace prefix_;
  bool split_;
};

class ByteLevelSplitter final : public Splitter {
 public:
  ByteLevelSplitter(bool add_prefix_space, bool split) : add_prefix_space_(add_prefix_space), split_(split) {}

  void apply(Pieces& pieces) const override {
    if (add_prefix_space_) add_spaces(pieces);
    if (!split_) return;
    for (const PieceRange& range : pieces.ranges) {
      for_each_gpt2_piece(pieces.piece(range), [&](std::size_t begin, std::size_t end) {
        pieces.add(range.begin + begin, range.begin + end);
      });
    }
    pieces.finish(false);
  }

 private:
  static void add_spaces(Pieces& pieces) {
    for (const PieceRange& range : pieces.ranges) {
      const std::size_t begin = pieces.next_own.size();
      const std::string_view piece = pieces.piece(range);
      if (piece[0] != ' ') pieces.next_own.push_back(' ');
      pieces.next_own.append(piece);
      pieces.add(begin, pieces.next_own.size());
    }
    pieces.finish(true);
  }

  bool add_prefix_space_, split_;
};

}  // namespace

void Pieces::start(std::string_view whole, bool is_start) {
  text = whole;
  starts_text = is_start;
  ranges.clear();
  next_ranges.clear();
  next_own.clear();
  if (!whole.empty()) ranges.push_back({0, static_cast<std::uint32_t>(whole.size())});
}

void Pieces::finish(bool is_new_text) {
  ranges.swap(next_ranges);
  next_ranges.clear();
  if (!is_new_text) return;
  own.swap(next_own);
  next_own.clear();
  text = own;
}

std::unique_ptr<const Splitter> make_bert_splitter() {
  return std::make_unique<BertSplitter>();
}
std::unique_ptr<const Splitter> make_pattern_splitter(std::unique_ptr<const TextPattern> pattern,
                                                      SplitBehavior behavior, bool inverted) {
  return std::make_unique<PatternSplitter>(std::move(pattern), behavior, inverted);
}
std::unique_ptr<const Splitter> make_metaspace_splitter(std::string replacement, PrefixSpace prefix, bool split) {
  return std::make_unique<MetaspaceSplitter>(std::move(replacement), prefix, split);
}
std::unique_ptr<const Splitter> make_byte_level_splitter(bool add_prefix_space, bool split) {
  return std::make_unique<ByteLevelSplitter>(add_prefix_space, split);
}

}  // namespace aisle::subword
