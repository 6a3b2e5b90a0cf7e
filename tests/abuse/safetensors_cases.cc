// Hostile safetensors files: lying sizes, headers that are no header, offsets that overlap or lead outside.
#include <algorithm>

#include "abuse/read_case.h"
#include "abuse/weight_sample.h"
#include "core/random.h"

namespace aisle::abuse {
namespace {

using namespace weights;

constexpr std::size_t kDataBytes = 40;
constexpr const char* kGood =
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]},)"
    R"("b":{"dtype":"F16","shape":[4],"data_offsets":[32,40]}})";

struct Named {
  const char* name;
  std::string header;
};

std::string tensor_with(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

void add_sizes(const std::string& good) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, good.size() - 9, good.size() - 8, good.size() - 7,
        good.size(), std::uint64_t{1} << 24, (std::uint64_t{1} << 24) + 1, std::uint64_t{1} << 32,
        std::uint64_t{1} << 63, UINT64_MAX - 8, UINT64_MAX - 7, UINT64_MAX}) {
    add_weight_case("Safetensors", "header_of_" + std::to_string(size),
                    [good, size] { return raw(size) + good.substr(8); });
  }
  for (std::size_t size = 0; size < good.size(); size += 5)
    add_weight_case("Safetensors", "cut_to_" + std::to_string(size), [good, size] { return good.substr(0, size); });
  for (const std::size_t extra : {1, 8, 4096}) {
    add_weight_case("Safetensors", "with_" + std::to_string(extra) + "_bytes_behind",
                    [good, extra] { return good + std::string(extra, 'x'); });
  }
}

std::vector<Named> broken_json() {
  return {{"brace_alone", "{"},
          {"closed_twice", "{}}"},
          {"two_objects", "{}{}"},
          {"text_behind", std::string(kGood) + "x"},
          {"zero_byte_behind", std::string(kGood) + std::string(1, '\0')},
          {"comma_at_the_end", "{\"a\":1,}"},
          {"comment", "{/* a */}"},
          {"no_quotes", "{a:1}"},
          {"name_without_value", R"({"a"})"},
          {"not_utf8", "{\"\xff\xfe\":{}}"},
          {"control_character", "{\"a\nb\":{}}"},
          {"half_surrogate", R"({"\ud800":{}})"},
          {"lists_in_lists", "{\"a\":" + std::string(1'000'000, '[')},
          {"objects_in_objects", repeated("{\"a\":", 200'000)},
          {"million_spaces", "{" + std::string(1'000'000, ' ')}};
}

std::vector<Named> wrong_values() {
  std::vector<Named> cases = {{"tensor_is_a_number", R"({"a":1})"},
                              {"tensor_is_null", R"({"a":null})"},
                              {"tensor_is_text", R"({"a":"F32"})"},
                              {"tensor_is_a_list", R"({"a":[]})"},
                              {"tensor_is_empty", R"({"a":{}})"},
                              {"tensor_twice", R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                                               R"("a":{"dtype":"F32","shape":[9],"data_offsets":[4,40]}})"},
                              {"metadata_is_a_number", R"({"__metadata__":1})"},
                              {"metadata_holds_a_number", R"({"__metadata__":{"a":1}})"},
                              {"metadata_holds_an_object", R"({"__metadata__":{"a":{}}})"},
                              {"metadata_holds_a_list", R"({"__metadata__":{"a":[]}})"},
                              {"nothing_for_the_data", "{}"},
                              {"long_name", "{\"" + std::string(2000, 'a') + "\":{}}"},
                              {"unknown_key", R"({"a":{"dtype":"F32","shape":[10],"data_offsets":[0,40],"x":[]}})"},
                              {"dtype_twice", R"({"a":{"dtype":"F32","dtype":"F16","shape":[],"data_offsets":[0,4]}})"},
                              {"no_dtype", R"({"a":{"shape":[10],"data_offsets":[0,40]}})"},
                              {"no_shape", R"({"a":{"dtype":"F32","data_offsets":[0,40]}})"},
                              {"no_offsets", R"({"a":{"dtype":"F32","shape":[10]}})"}};
  return cases;
}

void add_fields() {
  const std::string floats = "\"F32\"", ten = "[10]", all = "[0,40]";
  for (const char* dtype : {"\"f32\"", "\"\"", "\"F8_E4M3\"", "\"U64\"", "\"F32 \"", "32", "null", "[]", "{}", "true"})
    add_weight_case("Safetensors", std::string("dtype_") + dtype,
                    [=] { return safetensors(tensor_with(dtype, ten, all), kDataBytes); });
  for (const char* shape : {"[9]",
                            "[11]",
                            "[-10]",
                            "[10.0]",
                            "[1e1]",
                            "10",
                            "null",
                            "\"10\"",
                            "[[10]]",
                            "[10,0]",
                            "[4294967296,4294967296]",
                            "[18446744073709551615]",
                            "[18446744073709551616]",
                            "[9223372036854775808,2]",
                            "[1,1,1,1,1,1,1,1,10]",
                            "[4611686018427387904,4]",
                            "[2147483649]",
                            "[true]",
                            "[null]",
                            "[\"10\"]"})
    add_weight_case("Safetensors", std::string("shape_") + shape,
                    [=] { return safetensors(tensor_with(floats, shape, all), kDataBytes); });
  for (const char* offsets :
       {"[]", "[0]", "[0,40,40]", "[40,0]", "[0,41]", "[1,41]", "[0,36]", "[4,40]", "[-1,39]", "[0,40.5]", "[0,\"40\"]",
        "[0,18446744073709551615]", "[18446744073709551576,18446744073709551615]", "[0,18446744073709551616]", "40",
        "null", "{}", "[[0,40]]", "[40,40]"})
    add_weight_case("Safetensors", std::string("offsets_") + offsets,
                    [=] { return safetensors(tensor_with(floats, ten, offsets), kDataBytes); });
  for (const char* second : {"[0,32]", "[28,36]", "[31,39]", "[36,40]", "[32,44]", "[33,41]"}) {
    add_weight_case("Safetensors", std::string("second_tensor_at_") + second, [=] {
      return safetensors(
          R"({"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]},"b":{"dtype":"F32","shape":[2],"data_offsets":)" +
              std::string(second) + "}}",
          kDataBytes);
    });
  }
}

// One byte of the header is another one: refused, or read as what it then says.
void add_flips(const std::string& good) {
  Random random(11);
  for (int i = 0; i < 120; ++i) {
    const std::size_t at = random.below(good.size() - kDataBytes);
    const char byte = static_cast<char>(random.below(256));
    add_weight_case(
        "Safetensors", "flip_" + std::to_string(i) + "_at_" + std::to_string(at),
        [good, at, byte] {
          std::string bytes = good;
          bytes[at] = byte;
          return bytes;
        },
        /*may_open=*/true);
  }
}

std::string many_tensors(std::size_t count) {
  std::string header = "{";
  for (std::size_t i = 0; i < count; ++i)
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  return header + "}";
}

}  // namespace

void add_safetensors_cases() {
  const std::string good = safetensors(kGood, kDataBytes);
  add_sizes(good);
  for (const Named& each : broken_json())
    add_weight_case("Safetensors", each.name, [each] { return safetensors(each.header, 0); });
  for (const Named& each : wrong_values())
    add_weight_case("Safetensors", each.name, [each] { return safetensors(each.header, kDataBytes); });
  add_fields();
  add_flips(good);
  add_weight_case("Safetensors", "too_many_tensors", [] { return safetensors(many_tensors(100'001), 0); });
}

}  // namespace aisle::abuse
