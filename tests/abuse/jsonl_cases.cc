// Broken lines of JSONL between good ones.
#include <gtest/gtest.h>

#include <utility>

#include "abuse/guarded_case.h"
#include "abuse/heap_meter.h"
#include "abuse/jsonl_sample.h"
#include "core/random.h"
#include "domain/limits.h"

namespace aisle::abuse {
namespace {

using namespace jsonl;

void add_cuts() {
  const std::string line = good_line(8);
  for (std::size_t size = 1; size < line.size(); ++size) {
    ReadCase wanted = one_bad_line("cut_to_" + std::to_string(size), size % kRows, always(line.substr(0, size)),
                                   std::nullopt, std::nullopt);
    wanted.piece_bytes = size % 3 == 0 ? 5 : 1 << 16;
    add_read_case(std::move(wanted));
  }
  ReadCase last{.suite = kSuite, .name = "cut_without_line_end", .format = Format::kJsonl, .task = category_task()};
  last.bytes = [] { return good_line(0) + "\n" + good_line(1).substr(0, 40); };
  last.good_ids = {"g0"};
  last.bad_rows = {{2, std::nullopt, std::nullopt}};
  add_read_case(std::move(last));
}

void add_syntax() {
  const char* const kBroken[] = {"{",
                                 "}",
                                 "[",
                                 "]",
                                 "[]",
                                 "[{}]",
                                 "null",
                                 "true",
                                 "1",
                                 "\"text\"",
                                 "{}{}",
                                 "{},",
                                 ",",
                                 ":",
                                 "{,}",
                                 R"({"title"})",
                                 R"({"title":})",
                                 R"({:"x"})",
                                 R"({"title":"x",})",
                                 R"({"title":"x" "body":"y"})",
                                 R"({"title" "x"})",
                                 R"({'title':'x'})",
                                 R"({title:"x"})",
                                 R"({"title":"x"} // no)",
                                 R"(/* no */{"title":"x"})",
                                 R"({"title":"x"}{"title":"y"})",
                                 R"({"title":"x"}])",
                                 R"([{"title":"x"})",
                                 R"({"title":x})",
                                 R"({"title":tru})",
                                 R"({"title":True})",
                                 R"({"title":None})",
                                 R"({"title":undefined})",
                                 R"({"title":"x"]})",
                                 R"({"title":["x"})",
                                 R"({"title":("x")})",
                                 R"({"title":"x";"body":"y"})",
                                 R"({"title"="x"})",
                                 R"({"title":"x)",
                                 R"({"title":"x\"})",
                                 R"({1:"x"})",
                                 R"({null:"x"})",
                                 R"({["a"]:"x"})",
                                 "title: x",
                                 "id,title,body,label",
                                 "<item><title>x</title></item>",
                                 "\\",
                                 "\"",
                                 "'",
                                 "---",
                                 "PK\x03\x04",
                                 "\x7F"
                                 "ELF",
                                 "%PDF-1.7",
                                 "#!/bin/sh",
                                 "{\"title\":\"x\"}\f",
                                 "\v{\"title\":\"x\"}"};
  int number = 0;
  for (const char* line : kBroken) add_bad_line("syntax_" + std::to_string(number++), line);
  const char* const kEscapes[] = {R"(\x41)",         R"(\u12)",   R"(\u)",           R"(\uZZZZ)",
                                  R"(\ud800)",       R"(\udc00)", R"(\ud800\u0041)", R"(\ud800\ud800)",
                                  R"(\udc00\ud800)", R"(\a)",     R"(\0)",           R"(\')",
                                  R"(\U0001F600)",   R"(\ud83d)", R"(\u{1F600})",    R"(\ )"};
  number = 0;
  for (const char* escape : kEscapes) {
    for (const char* key : {"title", "id", "other"})
      add_bad_line("escape_" + std::to_string(number) + "_in_" + key,
                   with_value(key, std::string("\"a") + escape + "b\""));
    ++number;
  }
  for (const char* key : {"id", "title", "body", "label", "group", "split"}) {
    add_bad_line(std::string("key_twice_") + key,
                 R"({"id":"a","title":"x","body":"x","label":"x","group":"g","split":"train",")" + std::string(key) +
                     R"(":"train"})",
                 ProblemKind::kSchema, key);
  }
  for (int control = 1; control < 0x20; ++control) {
    if (control == '\n') continue;
    add_bad_line("control_" + std::to_string(control) + "_raw",
                 with_value("title", std::string("\"a") + static_cast<char>(control) + "b\""), ProblemKind::kEncoding);
  }
}

void add_encodings() {
  for (const NamedBytes& broken : broken_utf8()) {
    const std::string encoding = std::string("encoding_") + broken.name;
    for (const char* key : {"id", "title", "body", "label", "other"}) {
      ReadCase wanted = one_bad_line(encoding + "_in_" + key, 2, always(with_value(key, "\"" + broken.bytes + "\"")),
                                     ProblemKind::kEncoding, std::nullopt);
      wanted.piece_bytes = 3;
      add_read_case(std::move(wanted));
    }
    add_bad_line(encoding + "_in_key", "{\"title\":\"x\",\"" + broken.bytes + "\":1}", ProblemKind::kEncoding);
    add_bad_line(encoding + "_outside", "{\"title\":" + broken.bytes + "\"x\"}", ProblemKind::kEncoding);
    add_bad_line(encoding + "_before", broken.bytes + R"({"title":"x"})", ProblemKind::kEncoding);
    add_bad_line(encoding + "_behind", R"({"title":"x"})" + broken.bytes, ProblemKind::kEncoding);
  }
}

void add_bound(const std::string& key, std::size_t bound, ProblemKind kind) {
  for (const std::size_t size : {bound - 1, bound, bound + 1, 2 * bound}) {
    ReadCase wanted = one_bad_line(
        key + "_of_" + std::to_string(size), 2,
        [key, size] { return with_value(key, "\"" + std::string(size, 'x') + "\""); }, kind, key);
    if (size <= bound) wanted.bad_rows.clear();
    if (size <= bound)
      wanted.good_ids.insert(wanted.good_ids.begin() + 2, key == "id" ? std::string(size, 'x') : "bad");
    add_read_case(std::move(wanted));
  }
}

void add_bounds() {
  add_bound("id", limits::kIdBytes, ProblemKind::kTooLarge);
  add_bound("title", limits::kFieldBytes, ProblemKind::kTooLarge);
  add_bound("label", limits::kLabelBytes, ProblemKind::kInvalidLabel);
  add_bound("group", limits::kIdBytes, ProblemKind::kTooLarge);
  for (const std::size_t labels : {limits::kLabelsPerItem, limits::kLabelsPerItem + 1, std::size_t{200'000}}) {
    const bool fits = labels <= limits::kLabelsPerItem;
    ReadCase wanted = one_bad_line(
        "labels_" + std::to_string(labels), 2,
        [labels] {
          std::string list = "[";
          for (std::size_t i = 0; i < labels; ++i) list += (i == 0 ? "" : ",") + std::to_string(i);
          return with_value("label", list + "]");
        },
        ProblemKind::kInvalidLabel, "label", tags_task());
    if (fits) wanted.bad_rows.clear();
    if (fits) wanted.good_ids.insert(wanted.good_ids.begin() + 2, "bad");
    add_read_case(std::move(wanted));
  }
  // The line as a whole: what is not wanted counts too.
  const std::size_t around = with_value("other", "\"\"").size();
  for (const std::size_t size :
       {limits::kRowBytes - 1, limits::kRowBytes, limits::kRowBytes + 1, 3 * limits::kRowBytes}) {
    ReadCase wanted = one_bad_line(
        "line_of_" + std::to_string(size), 2,
        [size, around] { return with_value("other", "\"" + std::string(size - around, 'x') + "\""); },
        ProblemKind::kTooLarge, std::nullopt);
    if (size <= limits::kRowBytes) wanted.bad_rows.clear();
    if (size <= limits::kRowBytes) wanted.good_ids.insert(wanted.good_ids.begin() + 2, "bad");
    add_read_case(std::move(wanted));
  }
  for (const std::size_t keys : {std::size_t{10'000}, std::size_t{300'000}}) {
    ReadCase wanted = one_bad_line(
        "keys_" + std::to_string(keys), 2,
        [keys] {
          std::string line = R"({"id":"bad")";
          for (std::size_t i = 0; i < keys; ++i) line += ",\"k" + std::to_string(i) + "\":0";
          return line + "}";
        },
        ProblemKind::kSchema, std::nullopt);
    add_read_case(std::move(wanted));
  }
}

// Cuts, flips and insertions at random places: lines before the change are read.
void add_random() {
  constexpr std::size_t kEach = 40;
  Random random(99);
  std::string whole;
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < kRows; ++i) {
    whole += good_line(i) + "\n";
    ends.push_back(whole.size());
  }
  const auto add_change = [&](const std::string& name, std::size_t at, std::string changed) {
    ReadCase wanted{.suite = kSuite,
                    .name = name,
                    .format = Format::kJsonl,
                    .task = category_task(),
                    .bytes = always(std::move(changed)),
                    .outcome = Outcome::kAny};
    wanted.piece_bytes = 1 + random.below(60);
    for (std::size_t i = 0; i < kRows && ends[i] <= at; ++i) wanted.good_ids.push_back(good_id(i));
    add_read_case(std::move(wanted));
  };
  const std::size_t first = ends[0];
  for (std::size_t i = 0; i < kEach; ++i) {
    std::string flipped = whole, noise = whole, doubled = whole;
    const std::size_t flip = first + random.below(whole.size() - first);
    flipped[flip] = static_cast<char>(flipped[flip] ^ (1 << random.below(8)));
    add_change("flip_" + std::to_string(i), flip, std::move(flipped));
    const std::size_t from = first + random.below(whole.size() - first);
    for (std::size_t j = from; j < noise.size(); ++j) noise[j] = static_cast<char>(random.next());
    add_change("noise_" + std::to_string(i), from, std::move(noise));
    const std::size_t at = first + random.below(whole.size() - first);
    doubled.insert(at, whole.substr(random.below(whole.size())));
    add_change("splice_" + std::to_string(i), at, std::move(doubled));
  }
}

// One huge line must not keep its buffers for the rest of the file, least of all a broken one.
void add_memory() {
  for (const char* end : {"", "\"}", "]]", "\\x\"}"}) {
    add_case(kSuite, "memory_after_a_huge_line_" + std::to_string(hash64(end, 3) % 1000), [end] {
      const std::string huge = R"({"title":")" + std::string(limits::kRowBytes - 100, 'x') + end + "\n";
      const std::string file = good_line(0) + "\n" + huge + good_line(1) + "\n";
      const auto reader = open_items(bytes_of(file), Format::kJsonl, kFileName, category_task(), {});
      ReadResult result;
      ASSERT_TRUE(reader->next(result));
      const std::size_t before = heap_bytes();
      ASSERT_TRUE(reader->next(result));
      EXPECT_TRUE(result.rejected());
      ASSERT_TRUE(reader->next(result));
      EXPECT_EQ(result.item.id, "g1");
      EXPECT_LE(heap_bytes(), before + 3 * limits::kRowBytes);  // the block, and the text that was too large
    });
  }
}

}  // namespace
void add_jsonl_cases() {
  add_memory();
  add_cuts();
  add_syntax();
  add_encodings();
  add_bounds();
  add_random();
}

}  // namespace aisle::abuse
