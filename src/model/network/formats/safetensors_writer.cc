#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/ids.h"
#include "model/network/formats/safetensors.h"

namespace aisle::network {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kSizeBytes = 8;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

std::vector<const NamedTensor*> in_file_order(std::span<const NamedTensor> tensors) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  std::ranges::sort(order, [](const NamedTensor* a, const NamedTensor* b) {
    const std::size_t wide_a = dtype_bytes(a->view.dtype), wide_b = dtype_bytes(b->view.dtype);
    return wide_a != wide_b ? wide_a > wide_b : a->name < b->name;
  });
  return order;
}

// The size and the JSON, filled up with spaces so that the data start on a boundary.
std::string header_of(std::span<const NamedTensor* const> order) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::uint64_t at = 0;
  for (const NamedTensor* tensor : order) {
    const std::uint64_t end = at + tensor->view.bytes.size();
    header[tensor->name] = {
        {"dtype", upper(dtype_name(tensor->view.dtype))}, {"shape", tensor->view.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((kSizeBytes + text.size() + kAlignment - 1) / kAlignment * kAlignment - kSizeBytes, ' ');
  const std::uint64_t size = text.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text;
}

void write_all(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
  const std::vector<const NamedTensor*> order = in_file_order(tensors);
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << header_of(order);
  for (const NamedTensor* tensor : order) {
    const std::span<const std::byte> bytes = tensor->view.bytes;
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  stream.close();
  if (!stream) throw errno_error("cannot write", path.string());
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
  std::filesystem::path temporary = path;
  temporary += "." + new_id().substr(0, 12) + ".part";
  try {
    write_all(temporary, tensors);
    publish_file(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace aisle::network
