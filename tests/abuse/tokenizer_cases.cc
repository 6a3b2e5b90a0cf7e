// Broken and hostile tokenizer files: cut, flipped, with members missing or of another type, too deep, too large,
// contradictory. Opening refuses them with a reason, or what it opens gives ids of its vocabulary.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "abuse/guarded_case.h"
#include "abuse/read_case.h"
#include "core/files.h"
#include "core/random.h"
#include "domain/limits.h"
#include "featurize/subword/subword_tokenizer.h"
#include "support/temporary_folder.h"

namespace aisle::abuse {
namespace {

using nlohmann::json;

enum class Opens { kNever, kPerhaps };

constexpr Bounds kBounds{.seconds = 4, .peak_bytes = std::size_t{512} << 20};

void expect_ids(const SubwordTokenizer& tokenizer) {
  const std::vector<std::string> texts = {"", "the [CLS] a, ab", "\xFF\x80 caf\xC3\xA9", std::string(20'000, 'a'),
                                          "e\u0301 \U0001F468\u200D\U0001F469 \u4e2d <s>"};
  SubwordScratch scratch;
  for (const std::string& text : texts) {
    std::vector<TokenId> ids;
    tokenizer.encode(text, 1'000'000, scratch, ids);
    for (const TokenId id : ids) {
      ASSERT_GE(id, 0);
      ASSERT_LT(static_cast<std::size_t>(id), tokenizer.vocabulary_size());
    }
  }
}

// `file` is what the tokenizer's folder holds alone, beside what `make_others` puts there.
void add_tokenizer_case(const std::string& name, std::function<std::string()> make, Opens opens,
                        const std::string& file = "tokenizer.json",
                        std::function<void(const std::filesystem::path&)> make_others = {}) {
  add_case("Tokenizer", name, [=, make = std::move(make)] {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / file, std::ios::binary) << make();
    if (make_others) make_others(folder.path());
    run_guarded(name, kBounds, [&] {
      try {
        const auto tokenizer = open_subword_tokenizer(folder.path());
        EXPECT_EQ(opens, Opens::kPerhaps) << "is opened";
        expect_ids(*tokenizer);
      } catch (const Error& error) {
        expect_clear(error, file);
        EXPECT_TRUE(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
                    error.code() == ErrorCode::kTooLarge)
            << describe(error);
      }
    });
  });
}

void add_json_case(const std::string& name, const json& document, Opens opens) {
  add_tokenizer_case(
      name, [text = document.dump()] { return text; }, opens);
}

std::vector<std::pair<std::string, std::string>> good_files() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const char* name : {"byte_pair", "steps", "unigram", "wordpiece"})
    files.emplace_back(name, read_file(std::string(AISLE_TOKENIZER_CORPUS) + "/" + name, 1 << 20));
  return files;
}

void add_damage() {
  Random random(11);
  for (const auto& [name, good] : good_files()) {
    for (int i = 0; i < 20; ++i) {
      const std::size_t size = good.size() * static_cast<std::size_t>(i) / 20;
      add_tokenizer_case(
          name + "_cut_" + std::to_string(i), [good, size] { return good.substr(0, size); }, Opens::kNever);
    }
    for (int i = 0; i < 40; ++i) {
      const std::size_t at = random.below(good.size()), bit = random.below(8);
      add_tokenizer_case(
          name + "_flip_" + std::to_string(i),
          [good, at, bit] {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            return bytes;
          },
          Opens::kPerhaps);
    }
  }
}

// Every member in turn: missing, and of every other type.
void add_wrong_members() {
  const std::vector<json> values = {nullptr,       true,           -1,
                                    1.5,           4'000'000'000,  "x",
                                    json::array(), json::object(), json::array({json::array({json::array()})})};
  for (const auto& [name, good] : good_files()) {
    const json flat = json::parse(good).flatten();
    std::set<std::string> paths;
    for (const auto& [path, value] : flat.items()) {
      for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        paths.insert(path.substr(0, slash));
        if (slash == std::string::npos) break;
      }
    }
    for (const std::string& path : paths) {
      for (std::size_t i = 0; i < values.size(); i += 4) {
        json document = json::parse(good);
        document[json::json_pointer(path)] = values[(i + path.size()) % values.size()];
        std::string label = path + "_" + std::to_string(i);
        for (char& c : label) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        add_json_case(name + label + "_" + std::to_string(case_count()), document, Opens::kPerhaps);
      }
    }
  }
}

std::string repeated(const std::string& part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

json good_document(const std::string& wanted) {
  for (const auto& [name, good] : good_files()) {
    if (name == wanted) return json::parse(good);
  }
  return {};
}

void add_sizes() {
  add_tokenizer_case(
      "deep_lists", [] { return repeated("[", 100'000); }, Opens::kNever);
  add_tokenizer_case(
      "deep_objects", [] { return repeated("{\"a\":", 100'000); }, Opens::kNever);
  add_tokenizer_case(
      "deep_normalizer",
      [] {
        return "{\"normalizer\":" + repeated(R"({"type":"Sequence","normalizers":[)", 14) + repeated("]}", 14) +
               R"(,"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}})";
      },
      Opens::kPerhaps);
  add_tokenizer_case(
      "many_normalizers",
      [] {
        return R"({"normalizer":{"type":"Sequence","normalizers":[)" + repeated(R"({"type":"NFC"},)", 100) +
               R"({"type":"NFC"}]},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}})";
      },
      Opens::kNever);
  add_tokenizer_case(
      "many_tokens",
      [] {
        return R"({"model":{"type":"Unigram","unk_id":0,"vocab":[)" +
               repeated(R"(["a",0],)", limits::kVocabularyTokens) + R"(["b",0]]}})";
      },
      Opens::kNever);
  add_tokenizer_case(
      "long_token",
      [] {
        return R"({"model":{"type":"Unigram","unk_id":0,"vocab":[[")" + std::string(limits::kTokenBytes + 1, 'a') +
               R"(",0]]}})";
      },
      Opens::kNever);
  add_tokenizer_case(
      "much_vocabulary",
      [] {
        std::string text = R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0])";
        for (int i = 0; i < 10'000; ++i) text += ",[\"" + std::to_string(i) + std::string(990, 'x') + "\",-1]";
        return text + "]}}";
      },
      Opens::kNever);
  add_tokenizer_case(
      "most_vocabulary",
      [] {
        std::string text = R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0])";
        for (int i = 0; i < 8300; ++i) text += ",[\"" + std::to_string(i) + std::string(990, 'x') + "\",-1]";
        return text + "]}}";
      },
      Opens::kPerhaps);
  add_tokenizer_case(
      "nested_tokens",
      [] {
        std::string text = R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["?",0])";
        for (std::size_t i = 1; i <= 1000; ++i) text += ",[\"" + std::string(i, 'a') + "\",-1]";
        return text + "]}}";
      },
      Opens::kPerhaps);
  add_tokenizer_case(
      "large_file", [] { return std::string(limits::kTokenizerBytes + 1, ' '); }, Opens::kNever);
  add_tokenizer_case(
      "spaces", [] { return std::string(1 << 20, ' '); }, Opens::kNever);
  add_tokenizer_case(
      "many_added",
      [] {
        return R"({"added_tokens":[)" + repeated(R"({"id":1,"content":"q"},)", 60'000) +
               R"({"id":1,"content":"q"}],"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0],["b",0]]}})";
      },
      Opens::kNever);
  add_tokenizer_case(
      "long_names",
      [] {
        const std::string name(100'000, 'x');
        return R"({"post_processor":{"type":"TemplateProcessing","special_tokens":{},"single":[{"SpecialToken":{"id":")" +
               name + R"("}}]},"normalizer":{"type":")" + name +
               R"("},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}})";
      },
      Opens::kNever);
  add_tokenizer_case(
      "large_number",
      [] { return R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["a",1e308],["aa",1e308],["aaa",-1e308]]}})"; },
      Opens::kPerhaps);
  add_tokenizer_case(
      "infinite_number", [] { return R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["a",1e999]]}})"; },
      Opens::kNever);
}

void add_contradictions() {
  json pairs = good_document("byte_pair");
  pairs["model"]["merges"] = {"a b", "ab a"};
  add_json_case("merge_without_result", pairs, Opens::kNever);
  pairs["model"]["merges"] = {"a b", "a b", "b a", "a b"};
  pairs["model"]["vocab"]["ba"] = 9;
  add_json_case("merges_twice", pairs, Opens::kPerhaps);
  // A token that is its own part: the table of merges has a circle, each merge still makes a text shorter.
  pairs["model"]["vocab"] = {{"", 0}, {"a", 1}};
  pairs["model"]["merges"] = json::array({json::array({"a", ""}), json::array({"", "a"}), json::array({"", ""})});
  add_json_case("merges_in_a_circle", pairs, Opens::kPerhaps);
  pairs["model"]["vocab"] = {{"a", 7}, {"aa", 7}, {"aaaa", 7}};
  pairs["model"]["merges"] = {"a a", "aa aa"};
  add_json_case("one_id_for_all", pairs, Opens::kPerhaps);
  for (const char* merge : {"", " ", "a", "a b c", "a  b", " a", "\u0120a"}) {
    pairs["model"]["merges"] = json::array({merge});
    add_json_case("merge_" + std::to_string(case_count()), pairs, Opens::kNever);
  }
  for (const char* regex : {"(", "a{1001}", "((a{1,100}){1,100}){1,100}", "(?<=a)b", "\\1", "[", "a**", "", "(|a)",
                            "[[:alpha:]]", "\\p{Nope}", "(?i)a", "$", "\\X"}) {
    json steps = good_document("steps");
    steps["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"Regex", regex}}}, {"behavior", "Isolated"}};
    add_json_case("regex_" + std::to_string(case_count()), steps, Opens::kNever);
  }
  for (const char* regex : {"(a|a)*b", "(a*)*c|x+", "(x+x+)+y", "[^a]|aa*a*a*a*a*b"}) {
    json steps = good_document("steps");
    steps["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"Regex", regex}}}, {"behavior", "Isolated"}};
    add_json_case("slow_regex_" + std::to_string(case_count()), steps, Opens::kPerhaps);
  }
  Random random(3);
  for (int i = 0; i < 40; ++i) {
    // 4,096 bytes of charsmap: a size, a double array of noise, and texts.
    std::string base64 = "ABAAAA";
    for (int j = 0; j < 5994; ++j)
      base64 += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random.below(i % 2 == 0 ? 64 : 4)];
    base64 += repeated("QUJDAA==", 1);
    json unigram = good_document("unigram");
    unigram["normalizer"] = {{"type", "Precompiled"}, {"precompiled_charsmap", base64}};
    add_json_case("charsmap_noise_" + std::to_string(i), unigram, Opens::kPerhaps);
  }
}

void add_other_files() {
  const auto vocabulary = [](const std::string& name, const std::string& text, Opens opens) {
    add_tokenizer_case(
        "vocab_txt_" + name, [text] { return text; }, opens, "vocab.txt");
  };
  vocabulary("empty", "", Opens::kNever);
  vocabulary("no_specials", "a\nb\n", Opens::kNever);
  vocabulary("not_utf8", "[UNK]\n[CLS]\n[SEP]\n\xFF\n", Opens::kNever);
  vocabulary("twice", "[UNK]\n[CLS]\n[SEP]\na\na\n[CLS]\n", Opens::kPerhaps);
  vocabulary("carriage_returns", "[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n", Opens::kPerhaps);
  vocabulary("zeros", std::string("[UNK]\n[CLS]\n[SEP]\n\0\n", 20), Opens::kPerhaps);
  vocabulary("lines", "[UNK]\n[CLS]\n[SEP]\n" + repeated("\n", limits::kVocabularyTokens), Opens::kNever);
  vocabulary("one_line", std::string(1 << 20, 'a'), Opens::kNever);
  const auto merges = [](const std::string& name, const std::string& text, Opens opens) {
    add_tokenizer_case(
        "merges_txt_" + name, [text] { return text; }, opens, "merges.txt",
        [](const std::filesystem::path& folder) {
          std::ofstream(folder / "vocab.json") << R"({"a":0,"b":1,"ab":2,"<s>":3,"</s>":4})";
        });
  };
  merges("good", "#version: 0.2\na b\n", Opens::kPerhaps);
  merges("empty", "", Opens::kPerhaps);
  merges("three", "a b ab\n", Opens::kNever);
  merges("unknown", "b a\n", Opens::kNever);
  merges("noise", "\xFF\xFE \0", Opens::kNever);
  merges("long", std::string(1 << 20, 'a') + " b", Opens::kNever);
  merges("many", repeated("a b\n", limits::kVocabularyTokens + 1), Opens::kNever);
}

}  // namespace

void add_tokenizer_cases() {
  add_damage();
  add_wrong_members();
  add_sizes();
  add_contradictions();
  add_other_files();
}

}  // namespace aisle::abuse
