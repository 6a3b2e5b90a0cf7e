// Hostile files of torch.save: pickles that name what must not run, that lie about shapes, or that want to grow; broken
// ZIP archives around them.
#include <algorithm>

#include "abuse/read_case.h"
#include "abuse/weight_sample.h"
#include "core/files.h"
#include "core/random.h"

namespace aisle::abuse {
namespace {

using namespace weights;

// In both forms of the file.
void add_both(const std::string& name, const std::string& operations, bool may_open = false) {
  add_weight_case(
      "StateDict", "old_" + name, [operations] { return legacy(operations); }, may_open);
  add_weight_case(
      "StateDict", "zip_" + name, [operations] { return zip_form(operations); }, may_open);
}

void add_code() {
  const std::string command = tuple(text("touch /tmp/aisle-was-run"));
  const std::pair<const char*, const char*> names[] = {{"os", "system"},
                                                       {"posix", "system"},
                                                       {"subprocess", "Popen"},
                                                       {"builtins", "eval"},
                                                       {"builtins", "exec"},
                                                       {"__builtin__", "eval"},
                                                       {"builtins", "getattr"},
                                                       {"torch", "load"},
                                                       {"torch.hub", "load"},
                                                       {"torch", "FloatStorage.from_file"},
                                                       {"operator", "attrgetter"},
                                                       {"", ""},
                                                       {"collections", "OrderedDict "}};
  for (const auto& [module, what] : names) {
    const std::string label = std::string(module) + "_" + what;
    add_both("names_" + label, dict(text("a") + name(module, what) + command + "R"));
    add_both("builds_" + label, dict(text("a") + name(module, what) + ")\x81" + "}b"));
    add_both("stacks_" + label, dict(text("a") + text(module) + text(what) + "\x93" + command + "R"));
  }
  add_both("long_name", dict(text("a") + name(std::string(100'000, 'm'), "x") + command + "R"));
  add_both("calls_a_string", dict(text("a") + text("os.system") + command + "R"));
  add_both("calls_a_tensor", dict(text("a") + good_tensor() + command + "R"));
  add_both("calls_a_storage_type", dict(text("a") + name("torch", "FloatStorage") + command + "R"));
}

// Every operation alone, where a value should stand; with bytes behind that are as large, or as many, as can be.
void add_operations() {
  for (int code = 0; code < 256; ++code) {
    for (const char filler : {'\0', '\xff'}) {
      const std::string operations =
          "}(" + text("a") + std::string(1, static_cast<char>(code)) + std::string(24, filler);
      add_weight_case("Pickle", "operation_" + std::to_string(code) + (filler == '\0' ? "_zeros" : "_ones"),
                      [operations] { return legacy(operations); });
    }
  }
}

void add_shapes() {
  const std::string four = storage("FloatStorage", "0", whole(4)), zero = whole(0), one = whole(1);
  const auto add = [&](const std::string& name, const std::string& offset, const std::string& size,
                       const std::string& stride, bool may_open = false) {
    add_both("shape_" + name, dict(text("a") + tensor(four, offset, size, stride)), may_open);
  };
  const std::string huge = wide(INT64_MAX), two = whole(2);
  add("too_long", zero, tuple(whole(5)), tuple(one));
  add("offset_at_the_end", whole(4), tuple(one), tuple(one));
  add("offset_too_far", whole(5), tuple(whole(0)), tuple(one));
  add("offset_huge", huge, tuple(one), tuple(one));
  add("offset_negative", whole(-1), tuple(one), tuple(one));
  add("offset_is_text", text("0"), tuple(one), tuple(one));
  add("size_negative", zero, tuple(whole(-4)), tuple(one));
  add("size_huge", zero, tuple(huge), tuple(one));
  add("product_overflows", zero, tuple(wide(1LL << 33) + wide(1LL << 33)), tuple(one + one));
  add("zero_and_huge", zero, tuple(zero + huge + huge), tuple(one + one + one), true);
  add("stride_negative", zero, tuple(two), tuple(whole(-1)));
  add("stride_huge", zero, tuple(two), tuple(huge));
  add("strides_overflow", zero, tuple(two + two), tuple(huge + huge));
  add("stride_reaches_out", zero, tuple(two), tuple(whole(4)));
  add("stride_zero", zero, tuple(whole(1000)), tuple(zero));
  add("strides_fewer", zero, tuple(two + two), tuple(one));
  add("strides_more", zero, tuple(two), tuple(one + one));
  add("nine_dimensions", zero, tuple(repeated(one, 9)), tuple(repeated(one, 9)));
  add("size_is_text", zero, text("2"), tuple(one));
  add("size_is_none", zero, "N", tuple(one));
  add("size_holds_text", zero, tuple(text("2")), tuple(one));
  add("size_is_big", zero, tuple("\x8a\x0a" + std::string(10, '\1')), tuple(one));
  add("overlapping", zero, tuple(two + two), tuple(one + one), true);  // four numbers of four: reads, is copied
}

void add_storages() {
  const std::string size = tuple(whole(2)), stride = tuple(whole(1));
  const auto add = [&](const std::string& name, const std::string& storage) {
    add_both("storage_" + name, dict(text("a") + tensor(storage, whole(0), size, stride)));
  };
  add("unknown_key", storage("FloatStorage", "7", whole(4)));
  add("path_as_key", storage("FloatStorage", "../data.pkl", whole(4)));
  add("other_count", storage("FloatStorage", "0", whole(5)));
  add("negative_count", storage("FloatStorage", "0", whole(-4)));
  add("huge_count", storage("FloatStorage", "0", wide(INT64_MAX)));
  add("other_type", storage("DoubleStorage", "0", whole(4)));
  add("complex", storage("ComplexFloatStorage", "0", whole(4)));
  add("quantized", storage("QInt8Storage", "0", whole(4)));
  add("untyped", name("torch.storage", "UntypedStorage"));
  add("none", "N");
  add("number_as_id", whole(3) + "Q");
  add("short_id", tuple(text("storage")) + "Q");
  add("other_id", tuple(text("module") + repeated(text("x"), 4)) + "Q");
  add("type_is_text", tuple(text("storage") + repeated(text("FloatStorage"), 3) + whole(4)) + "Q");
  add("key_is_number",
      tuple(text("storage") + name("torch", "FloatStorage") + whole(0) + text("cpu") + whole(4)) + "Q");
  add("count_is_text", storage("FloatStorage", "0", text("4")));
  const std::string start = text("storage") + name("torch", "FloatStorage") + text("0") + text("cpu") + whole(4);
  add("view_of_text", tuple(start + tuple(text("1") + text("2") + whole(2))) + "Q");
  add("view_far", tuple(start + tuple(text("1") + whole(4) + whole(2))) + "Q");
  add("view_short", tuple(start + tuple(text("1"))) + "Q");
  add_both("storage_in_two_ways", dict(text("a") + good_tensor() + text("b") +
                                       tensor(storage("HalfStorage", "0", whole(8)), whole(0), size, stride)));
}

void add_structure() {
  const std::string entry = text("a") + good_tensor();
  add_both("nothing", "");
  add_both("no_dictionary", good_tensor());
  add_both("empty_dictionary", "}");
  add_both("list", "](" + good_tensor() + "e");
  add_both("numbers_alone", dict(text("a") + whole(1)));
  add_both("number_as_name", dict(whole(1) + good_tensor()));
  add_both("name_twice", dict(entry + entry));
  add_both("long_tensor_name", dict(text(std::string(5000, 'n')) + good_tensor()));
  add_both("key_without_value", "}(" + text("a") + "u");
  add_both("state_on_a_number", dict(text("a") + whole(1) + "}b"));
  add_both("items_into_a_number", whole(1) + "(" + entry + "u");
  add_both("items_into_a_tensor", good_tensor() + "(" + entry + "u");
  add_both("tensor_of_nothing", dict(text("a") + name("torch._utils", "_rebuild_tensor_v2") + ")R"));
  add_both("parameter_of_nothing", dict(text("a") + name("torch._utils", "_rebuild_parameter") + ")R"));
  add_both("parameters_in_parameters",
           dict(text("a") + repeated(name("torch._utils", "_rebuild_parameter") + "(", 1000) + good_tensor() +
                repeated("tR", 1000)));
  add_both("parameter_of_itself", name("torch._utils", "_rebuild_parameter") + "]q\1" + "h\1" + "a\x85R.");
  add_both("dictionary_in_itself", "}q\1(" + text("state_dict") + "h\1u");
  add_both("list_in_itself", dict(text("a") + "]q\1h\1a"));
  add_both("ordered_dictionary_of_numbers", name("collections", "OrderedDict") + tuple(whole(1)) + "R");
  add_both("ordered_dictionary_of_triples",
           name("collections", "OrderedDict") + tuple("](" + tuple(repeated(whole(1), 3)) + "e") + "R");
}

// What is small and wants to become large.
void add_growth() {
  add_both("million_marks", repeated("(", 1'000'000));
  add_both("million_empty_tuples", "(" + repeated(")", 1'000'000) + "t");
  add_both("tuples_in_tuples", ")" + repeated("\x85", 1'000'000));
  add_both("copies_of_the_top", ")" + repeated("2", 5'000'000));
  add_both(
      "memo_of_a_million", ")" + [] {
        std::string all;
        for (std::uint32_t i = 0; i < 1'000'000; ++i) all += "r" + raw(i);
        return all;
      }());
  // Each ordered dictionary would copy the items of one long list again.
  add_both("copied_lists", "](" + repeated(repeated("N", 2) + "\x86", 100'000) + "eq\1" +
                               repeated("0" + name("collections", "OrderedDict") + "(h\1tR", 10'000));
  add_both("doubled_lists", "](Ne" + repeated("q\1(h\1h\1e", 100'000) + "");
  const std::string claims[] = {"X\xff\xff\xff\x7f",
                                "B\xff\xff\xff\xff",
                                "T\xff\xff\xff\xff",
                                "\x8b\xff\xff\xff\x7f",
                                "\x8d\xff\xff\xff\xff\xff\xff\xff\x7f",
                                "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"};
  for (std::size_t i = 0; i < std::size(claims); ++i) add_both("long_claim_" + std::to_string(i), claims[i] + "abc");
}

void add_legacy_starts() {
  const std::string good = legacy(dict(text("a") + good_tensor()));
  const std::string magic = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
  const auto add = [](const char* name, const std::string& bytes) {
    add_weight_case("StateDict", std::string("start_") + name, [bytes] { return bytes; });
  };
  add("other_magic", pickle("\x8a\x0a" + std::string(10, '\1')) + good);
  add("other_protocol", magic + pickle(whole(1002)) + good);
  add("big_endian", magic + pickle(whole(1001)) + pickle(dict(text("little_endian") + "\x89")) + good);
  add("no_byte_order", magic + pickle(whole(1001)) + pickle("}") + good);
  add("byte_order_is_text", magic + pickle(whole(1001)) + pickle(dict(text("little_endian") + text("yes"))) + good);
  add("plain_pickle", pickle(dict(text("a") + whole(1))));
  add("protocol_of_255", "\x80\xff" + good.substr(2));
  for (std::size_t size = 0; size < good.size(); size += 7)
    add(("cut_to_" + std::to_string(size)).c_str(), good.substr(0, size));
}

void add_archives() {
  const std::string entry = dict(text("a") + good_tensor()), good = zip_form(entry), data(16, '\1');
  const auto add = [](const std::string& name, const std::string& bytes, bool may_open = false) {
    add_weight_case(
        "StateDict", "archive_" + name, [bytes] { return bytes; }, may_open);
  };
  add("empty", zip({}));
  add("without_pickle", zip({{"a/data/0", data}}));
  add("without_storage", zip({{"a/data.pkl", pickle(entry)}}));
  add("storage_short", zip({{"a/data.pkl", pickle(entry)}, {"a/data/0", "123"}}));
  add("storage_long", zip({{"a/data.pkl", pickle(entry)}, {"a/data/0", data + "x"}}));
  add("compressed", zip({{"a/data.pkl", pickle(entry), 8}, {"a/data/0", data}}));
  add("compressed_storage", zip({{"a/data.pkl", pickle(entry)}, {"a/data/0", data, 8}}));
  add("encrypted", zip({{"a/data.pkl", pickle(entry), 0, 1}, {"a/data/0", data}}));
  add("big_endian", zip_form(entry, {{"a/byteorder", "big"}}));
  add("odd_endian", zip_form(entry, {{"a/byteorder", ""}}));
  add("program", zip({{"a/constants.pkl", pickle(")")}, {"a/code/x.py", "import os"}}));
  add("two_pickles", zip_form(entry, {{"b/data.pkl", pickle(")")}}), true);
  for (std::size_t size = 0; size < good.size(); size += 9) add("cut_to_" + std::to_string(size), good.substr(0, size));
  Random random(7);
  for (int i = 0; i < 150; ++i) {
    std::string bytes = good;
    const std::size_t at = random.below(bytes.size());
    bytes[at] = static_cast<char>(random.below(256));
    add("flip_" + std::to_string(i) + "_at_" + std::to_string(at), bytes, true);
  }
  // Numbers of the directory's end, which leads to all others.
  for (std::size_t at = good.size() - 22; at < good.size(); at += 2) {
    std::string bytes = good;
    bytes[at] = bytes[at + 1] = '\xff';
    add("end_" + std::to_string(good.size() - at), bytes, true);
  }
}

}  // namespace

void add_state_dict_cases() {
  add_code();
  add_operations();
  add_shapes();
  add_storages();
  add_structure();
  add_growth();
  add_legacy_starts();
  add_archives();
}

}  // namespace aisle::abuse
