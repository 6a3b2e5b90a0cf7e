// Weight files that the real safetensors and PyTorch wrote (tests/data/weights/generate.py), number by number.
#include "model/network/formats/weight_file.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "model/network/formats/safetensors.h"
#include "support/temporary_folder.h"

namespace aisle::network {
namespace {

using nlohmann::json;

const std::filesystem::path kFolder = std::filesystem::path(AISLE_TEST_DATA) / "weights";

json expected(const char* kind) {
  static const json all = json::parse(read_file(kFolder / "expected.json", 1 << 20));
  return all.at(kind);
}

std::string long_name(DType dtype) {
  const std::map<DType, std::string> names = {{DType::kF64, "float64"}, {DType::kF32, "float32"},
                                              {DType::kF16, "float16"}, {DType::kBF16, "bfloat16"},
                                              {DType::kI64, "int64"},   {DType::kBool, "bool"}};
  return names.at(dtype);
}

void expect_tensors(const WeightFile& file, const json& tensors) {
  EXPECT_EQ(file.tensors().size(), tensors.size());
  for (const auto& [name, wanted] : tensors.items()) {
    const auto found = file.find(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(long_name(found->dtype), wanted["dtype"].get<std::string>()) << name;
    EXPECT_EQ(found->shape, wanted["shape"].get<Dims>()) << name;
    EXPECT_EQ(found->bytes.size(), element_count(found->shape) * dtype_bytes(found->dtype)) << name;
    if (found->dtype == DType::kI64 || found->dtype == DType::kBool) continue;
    EXPECT_EQ(to_floats(*found), wanted["values"].get<std::vector<float>>()) << name;
  }
}

Error error_of(const std::string& file) {
  try {
    WeightFile::open(kFolder / file);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::kInternal, file + " is read"};
}

TEST(WeightFile, ReadsWhatSafetensorsWrote) {
  const WeightFile file = WeightFile::open(kFolder / "mixed.safetensors");
  EXPECT_EQ(file.format(), "safetensors");
  expect_tensors(file, expected("contiguous"));
}

TEST(WeightFile, ReadsWhatTorchWroteInEachForm) {
  for (const char* name : {"zip.pth", "zip_protocol4.pth", "legacy.pth", "checkpoint.pth", "little_endian.pth"}) {
    SCOPED_TRACE(name);
    const WeightFile file = WeightFile::open(kFolder / name);
    EXPECT_EQ(file.format(), "state dict");
    expect_tensors(file, expected("awkward"));
  }
}

TEST(WeightFile, TensorsThatShareAStorageShareItsBytes) {
  const WeightFile file = WeightFile::open(kFolder / "zip.pth");
  EXPECT_EQ(file.find("shared")->bytes.data(), file.find("tied")->bytes.data());
  EXPECT_EQ(file.find("rows")->bytes.data(), file.find("shared")->bytes.data() + 6 * sizeof(float));
}

TEST(WeightFile, ReadsTheStateOfAModule) {
  const WeightFile file = WeightFile::open(kFolder / "module.pth");
  const std::vector<std::string> names = {"0.bias",         "0.weight",      "1.bias",  "1.num_batches_tracked",
                                          "1.running_mean", "1.running_var", "1.weight"};
  EXPECT_EQ(file.names(), names);
}

TEST(WeightFile, RefusesAWholeModelByTheNameOfItsClass) {
  for (const char* name : {"whole_model.pth", "whole_model_legacy.pth"}) {
    const Error error = error_of(name);
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("torch.nn.modules.container.Sequential"), std::string::npos)
        << error.what();
  }
}

TEST(WeightFile, RefusesOtherNumbersAndOrders) {
  EXPECT_NE(std::string(error_of("big_endian.pth").what()).find("big-endian"), std::string::npos);
  EXPECT_NE(std::string(error_of("complex.pth").what()).find("torch.ComplexFloatStorage"), std::string::npos);
  EXPECT_NE(std::string(error_of("expanded.pth").what()).find("twice"), std::string::npos);
}

TEST(WeightFile, SaysWhatIsNoWeightFile) {
  for (const char* name : {"expected.json", "generate.py"}) {
    const Error error = error_of(name);
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(describe(error).find(name), std::string::npos);
  }
  EXPECT_EQ(error_of("nothing.pth").code(), ErrorCode::kNotFound);
}

TEST(WeightFile, RefusesEveryCutWithoutReadingBeyond) {
  for (const char* name : {"mixed.safetensors", "zip.pth", "legacy.pth"}) {
    const std::string whole = read_file(kFolder / name, 1 << 20);
    for (std::size_t size = 0; size < whole.size(); size += size < 256 ? 1 : 37) {
      const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THROW(WeightFile::parse(std::as_bytes(std::span(cut))), Error) << name << " cut to " << size;
    }
  }
}

TEST(Safetensors, WritesWhatItReads) {
  const TemporaryFolder folder;
  const WeightFile from = WeightFile::open(kFolder / "zip.pth");
  write_safetensors(folder.path() / "copy", from.tensors());
  const WeightFile copy = WeightFile::open(folder.path() / "copy");
  EXPECT_EQ(copy.format(), "safetensors");
  expect_tensors(copy, expected("awkward"));
}

TEST(Safetensors, WritesTensorsWhereTheyCanBeUsedAsTheyAreMapped) {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "copy", WeightFile::open(kFolder / "mixed.safetensors").tensors());
  const std::string bytes = read_file(folder.path() / "copy", 1 << 20);
  const WeightFile file = WeightFile::parse(std::as_bytes(std::span(bytes)));
  for (const NamedTensor& tensor : file.tensors()) {
    const auto offset = reinterpret_cast<const char*>(tensor.view.bytes.data()) - bytes.data();
    EXPECT_EQ(static_cast<std::size_t>(offset) % dtype_bytes(tensor.view.dtype), 0U) << tensor.name;
  }
}

TEST(Safetensors, WritesAnEmptyFile) {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "none", {});
  EXPECT_TRUE(WeightFile::open(folder.path() / "none").tensors().empty());
}

}  // namespace
}  // namespace aisle::network
