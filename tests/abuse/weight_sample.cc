#include "abuse/weight_sample.h"

#include <gtest/gtest.h>

#include <fstream>

#include "abuse/guarded_case.h"
#include "core/error.h"
#include "model/network/formats/weight_file.h"
#include "support/temporary_folder.h"

namespace aisle::abuse::weights {
namespace {

constexpr const char* kFile = "weights.bin";
constexpr std::size_t kStorageBytes = 16;

void read_all(const network::WeightFile& file) {
  for (const network::NamedTensor& tensor : file.tensors()) {
    const std::size_t count = network::element_count(tensor.view.shape);
    ASSERT_EQ(tensor.view.bytes.size(), count * network::dtype_bytes(tensor.view.dtype)) << tensor.name;
    unsigned sum = 0;
    for (const std::byte byte : tensor.view.bytes) sum += static_cast<unsigned>(byte);
    EXPECT_LE(sum, 255 * tensor.view.bytes.size());
  }
}

std::string local_header(const Member& member) {
  const auto size = static_cast<std::uint32_t>(member.bytes.size());
  return raw<std::uint32_t>(0x04034b50) + raw<std::uint16_t>(20) + raw(member.flags) + raw(member.method) +
         raw<std::uint32_t>(0) + raw<std::uint32_t>(0) + raw(size) + raw(size) +
         raw(static_cast<std::uint16_t>(member.name.size())) + raw<std::uint16_t>(0) + member.name;
}

std::string directory_entry(const Member& member, std::uint32_t offset) {
  const auto size = static_cast<std::uint32_t>(member.bytes.size());
  return raw<std::uint32_t>(0x02014b50) + raw<std::uint16_t>(20) + raw<std::uint16_t>(20) + raw(member.flags) +
         raw(member.method) + raw<std::uint32_t>(0) + raw<std::uint32_t>(0) + raw(size) + raw(size) +
         raw(static_cast<std::uint16_t>(member.name.size())) + std::string(12, '\0') + raw(offset) + member.name;
}

}  // namespace

std::string safetensors(const std::string& header, std::size_t data_bytes) {
  return raw<std::uint64_t>(header.size()) + header + std::string(data_bytes, '\1');
}

std::string text(const std::string& value) {
  return "X" + raw(static_cast<std::uint32_t>(value.size())) + value;
}
std::string whole(std::int32_t value) {
  return "J" + raw(value);
}
std::string wide(std::int64_t value) {
  return "\x8a\x08" + raw(value);
}
std::string name(const std::string& module, const std::string& what) {
  return "c" + module + "\n" + what + "\n";
}
std::string tuple(const std::string& items) {
  return "(" + items + "t";
}
std::string dict(const std::string& items) {
  return "}(" + items + "u";
}
std::string repeated(const std::string& part, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += part;
  return all;
}

std::string storage(const std::string& type, const std::string& key, const std::string& count) {
  return tuple(text("storage") + name("torch", type) + text(key) + text("cpu") + count) + "Q";
}

std::string tensor(const std::string& storage, const std::string& offset, const std::string& size,
                   const std::string& stride) {
  return name("torch._utils", "_rebuild_tensor_v2") + tuple(storage + offset + size + stride + "\x89N") + "R";
}

std::string good_tensor() {
  return tensor(storage("FloatStorage", "0", whole(4)), whole(0), tuple(whole(2) + whole(2)),
                tuple(whole(2) + whole(1)));
}

std::string pickle(const std::string& operations) {
  return "\x80\x02" + operations + ".";
}

std::string legacy(const std::string& operations) {
  return pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + pickle(whole(1001)) +
         pickle(dict(text("little_endian") + "\x88")) + pickle(operations) + pickle("](" + text("0") + "e") +
         raw<std::int64_t>(4) + std::string(kStorageBytes, '\1');
}

std::string zip(const std::vector<Member>& members) {
  std::string bytes, directory;
  for (const Member& member : members) {
    directory += directory_entry(member, static_cast<std::uint32_t>(bytes.size()));
    bytes += local_header(member) + member.bytes;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return bytes + directory + raw<std::uint32_t>(0x06054b50) + raw<std::uint32_t>(0) + raw(count) + raw(count) +
         raw(static_cast<std::uint32_t>(directory.size())) + raw(static_cast<std::uint32_t>(bytes.size())) +
         raw<std::uint16_t>(0);
}

std::string zip_form(const std::string& operations, const std::vector<Member>& more) {
  std::vector<Member> members = {{"a/data.pkl", pickle(operations)}, {"a/data/0", std::string(kStorageBytes, '\1')}};
  members.insert(members.end(), more.begin(), more.end());
  return zip(members);
}

void add_weight_case(const std::string& suite, const std::string& name, std::function<std::string()> make,
                     bool may_open) {
  add_case(suite, name, [name, make = std::move(make), may_open] {
    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / kFile;
    std::ofstream(path, std::ios::binary) << make();
    run_guarded(name, {}, [&] {
      try {
        const network::WeightFile file = network::WeightFile::open(path);
        EXPECT_TRUE(may_open) << "is opened";
        read_all(file);
      } catch (const Error& error) {
        expect_clear(error, kFile);
        EXPECT_TRUE(error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kUnsupported ||
                    error.code() == ErrorCode::kTooLarge)
            << describe(error);
      }
    });
  });
}

}  // namespace aisle::abuse::weights
