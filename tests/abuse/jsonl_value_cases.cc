// Lines that are JSON, but whose values are not what an item has: types, numbers, depth.
#include "abuse/jsonl_sample.h"
#include "domain/limits.h"

namespace aisle::abuse {
namespace {

using namespace jsonl;

void add_types() {
  struct Value {
    const char* name;
    const char* json;
  };
  static constexpr Value kNoText[] = {{"true", "true"},
                                      {"false", "false"},
                                      {"fraction", "1.5"},
                                      {"exponent", "1e3"},
                                      {"minus_zero", "-0.0"},
                                      {"object", "{}"},
                                      {"object_deep", R"({"a":{"b":[1]}})"},
                                      {"list_of_list", "[[1]]"},
                                      {"list_of_null", "[null]"},
                                      {"list_of_true", R"(["a",true])"},
                                      {"list_of_object", "[{}]"},
                                      {"list_of_fraction", "[0.1]"}};
  for (const Value& value : kNoText) {
    for (const char* key : {"id", "title", "body", "label", "group", "split"}) {
      add_bad_line(std::string("type_") + value.name + "_in_" + key, with_value(key, value.json), ProblemKind::kType,
                   key);
      if (std::string_view(key) == "label")
        add_read_case(one_bad_line(std::string("type_") + value.name + "_in_label", 2,
                                   always(with_value(key, value.json)), ProblemKind::kType, key, tags_task()));
    }
  }
  for (const char* key : {"id", "title", "group", "split"}) {
    add_bad_line(std::string("type_list_in_") + key, with_value(key, R"(["a","b"])"), ProblemKind::kType, key);
    add_bad_line(std::string("type_empty_list_in_") + key, with_value(key, "[]"), ProblemKind::kType, key);
  }
  for (const char* number : {"1", "0", "-7", "18446744073709551615"})
    add_bad_line(std::string("type_number_") + number + "_in_title", with_value("title", number), ProblemKind::kType,
                 "title");
  for (const char* split : {R"("dev")", R"("TRAIN")", "1", R"("train,test")", R"("\u0000")"})
    add_bad_line("split_" + std::to_string(hash64(split, 1) % 10000), with_value("split", split), ProblemKind::kType,
                 "split");
  add_bad_line("label_two_for_a_category", with_value("label", R"(["a","b"])"), ProblemKind::kInvalidLabel, "label");
  add_bad_line("label_line_break", with_value("label", R"("a\nb")"), ProblemKind::kInvalidLabel, "label");
  add_bad_line("label_nul", with_value("label", R"("a\u0000b")"), ProblemKind::kInvalidLabel, "label");
  add_bad_line("id_nul", with_value("id", R"("a\u0000b")"), ProblemKind::kEncoding, "id");
  add_bad_line("group_nul", with_value("group", R"("a\u0000b")"), ProblemKind::kEncoding, "group");
  add_bad_line("title_nul", with_value("title", R"("a\u0000b")"), ProblemKind::kEncoding, "title");
  add_bad_line("no_field", R"({"id":"bad","label":"shoes"})", ProblemKind::kSchema);
  add_bad_line("empty_object", "{}", ProblemKind::kSchema);
  add_bad_line("all_null", R"({"id":null,"title":null,"body":null,"label":null})", ProblemKind::kSchema);
}

void add_numbers() {
  const char* const kBroken[] = {"1e999",
                                 "-1e999",
                                 "1e400",
                                 "123456789e999999999999",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "NaN",
                                 "-NaN",
                                 "nan",
                                 "Infinity",
                                 "-Infinity",
                                 "inf",
                                 "0x10",
                                 "1e",
                                 "1e+",
                                 "1.e5",
                                 "-",
                                 "--1",
                                 "1_000",
                                 "1,5",
                                 "99999999999999999999999999",
                                 "-9223372036854775809",
                                 "18446744073709551616",
                                 "0b1",
                                 "1f",
                                 "1 2"};
  int number = 0;
  for (const char* json : kBroken) {
    for (const char* key : {"id", "title", "price"})
      add_bad_line("number_" + std::to_string(number) + "_in_" + key, with_value(key, json));
    ++number;
  }
  for (const std::size_t digits : {std::size_t{400}, std::size_t{100'000}, std::size_t{1'000'000}}) {
    add_read_case(one_bad_line(
        "number_of_" + std::to_string(digits) + "_digits", 2,
        [digits] { return with_value("price", std::string(digits, '9')); }, std::nullopt, std::nullopt));
  }
}

std::string nested(const std::string& open, const std::string& close, std::size_t depth, const std::string& inside) {
  std::string json;
  for (std::size_t i = 0; i < depth; ++i) json += open;
  json += inside;
  for (std::size_t i = 0; i < depth && !close.empty(); ++i) json += close;
  return json;
}

void add_depth() {
  struct Kind {
    const char* name;
    const char* open;
    const char* close;
  };
  static constexpr Kind kKinds[] = {{"list", "[", "]"},
                                    {"object", R"({"a":)", "}"},
                                    {"mixed", R"([{"a":)", "}]"},
                                    {"list_open", "[", ""},
                                    {"object_open", R"({"a":)", ""}};
  for (const Kind& kind : kKinds) {
    for (const std::size_t depth : {std::size_t{32}, std::size_t{33}, std::size_t{64}, std::size_t{1000},
                                    std::size_t{100'000}, std::size_t{700'000}}) {
      for (const char* key : {"title", "label", "other"}) {
        add_read_case(one_bad_line(
            std::string("depth_") + kind.name + "_" + std::to_string(depth) + "_in_" + key, 2,
            [kind, depth, key] { return with_value(key, nested(kind.open, kind.close, depth, "1")); }, std::nullopt,
            std::nullopt));
      }
    }
    add_read_case(one_bad_line(
        std::string("depth_of_the_line_") + kind.name, 2,
        [kind] { return nested(kind.open, kind.close, 500'000, "1"); }, std::nullopt, std::nullopt));
  }
  ReadCase fits =
      one_bad_line("depth_that_fits", 2, always(with_value("other", nested("[", "]", limits::kJsonDepth - 2, "1"))),
                   std::nullopt, std::nullopt);
  fits.bad_rows.clear();
  fits.good_ids.insert(fits.good_ids.begin() + 2, "bad");
  add_read_case(std::move(fits));
}

}  // namespace

void add_jsonl_value_cases() {
  add_types();
  add_numbers();
  add_depth();
}

}  // namespace aisle::abuse
