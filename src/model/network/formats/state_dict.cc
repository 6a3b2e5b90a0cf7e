#include "model/network/formats/state_dict.h"

#include <cstring>
#include <optional>
#include <string>

#include "core/error.h"
#include "domain/limits.h"
#include "model/network/formats/pickle_machine.h"
#include "model/network/formats/torch_storages.h"

namespace aisle::network {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kMostDimensions = 8;
constexpr int kMostWrappings = 4;
constexpr std::size_t kLongestName = 1000;
// Where training programs put the state dict in a checkpoint.
constexpr std::string_view kUsualKeys[] = {"state_dict", "model_state_dict", "model", "module", "net", "params"};

Dims row_major(const Dims& shape) {
  Dims strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * std::max<std::int64_t>(shape[d], 1);
  return strides;
}

// Copies a strided tensor in row-major order. All offsets were checked.
std::vector<std::byte> gathered(Bytes from, const Dims& shape, const Dims& strides, std::size_t size) {
  std::vector<std::byte> out(element_count(shape) * size);
  Dims index(shape.size(), 0);
  std::int64_t offset = 0;
  for (std::size_t at = 0; at < out.size(); at += size) {
    std::memcpy(out.data() + at, from.data() + static_cast<std::size_t>(offset) * size, size);
    for (std::size_t d = index.size(); d-- > 0;) {
      offset += strides[d];
      if (++index[d] < shape[d]) break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return out;
}

class Reader {
 public:
  Reader(TorchFile file, std::size_t most_copied) : file_(std::move(file)), copies_left_(most_copied) {}

  TensorList read() {
    const PickleNode& dict = state_dict();
    for (std::size_t i = 0; i + 1 < dict.children.size(); i += 2) {
      const PickleNode& name = node(dict.children[i]);
      const PickleNode* const tensor = unwrapped(node(dict.children[i + 1]));
      if (name.kind == PickleKind::kString && tensor != nullptr) add(std::string(name.text), *tensor);
    }
    if (list_.tensors.empty())
      throw Error(ErrorCode::kUnsupported, "the file holds no tensors by name; save model.state_dict()");
    return std::move(list_);
  }

 private:
  const PickleNode& node(std::uint32_t index) const { return file_.pickle.at(index); }

  const PickleNode& state_dict() const {
    const PickleNode& root = node(file_.pickle.root);
    for (const std::string_view key : kUsualKeys) {
      const PickleNode* const inner = file_.pickle.value(root, key);
      if (inner != nullptr && inner->kind == PickleKind::kDict) return *inner;
    }
    if (root.kind == PickleKind::kDict) return root;
    throw Error(ErrorCode::kUnsupported, "the file is no dictionary of tensors; save model.state_dict()");
  }

  // The arguments of what makes a tensor; a parameter is the tensor that it was made of. nullptr for anything else.
  const PickleNode* unwrapped(const PickleNode& value) const {
    const PickleNode* at = &value;
    for (int i = 0; i < kMostWrappings && at->kind == PickleKind::kCall; ++i) {
      const std::string_view name = node(at->children[0]).text;
      const PickleNode& arguments = node(at->children[1]);
      if (name.starts_with("torch._utils _rebuild_tensor")) return &arguments;
      if (arguments.children.empty()) return nullptr;
      at = &node(arguments.children[0]);
    }
    return nullptr;
  }

  Dims sizes(const PickleNode& value) const {
    const bool wrapped = value.kind == PickleKind::kCall;  // torch.Size((2, 3))
    const PickleNode& arguments = wrapped ? node(value.children[1]) : value;
    const PickleNode& tuple = wrapped && !arguments.children.empty() ? node(arguments.children[0]) : arguments;
    if (tuple.kind != PickleKind::kTuple || tuple.children.size() > kMostDimensions)
      refuse_pickle("a tensor's shape is none");
    Dims dims;
    for (const std::uint32_t child : tuple.children) dims.push_back(static_cast<std::int64_t>(count_in(node(child))));
    return dims;
  }

  void add(std::string name, const PickleNode& arguments) {
    if (name.size() > kLongestName) refuse_pickle("a name has " + std::to_string(name.size()) + " bytes");
    try {
      TensorView view = tensor(arguments);
      list_.tensors.push_back({std::move(name), std::move(view)});
    } catch (const Error& error) {
      throw error.with("tensor", name);
    }
  }

  // (storage, offset, size, stride, ...)
  TensorView tensor(const PickleNode& arguments) {
    if (arguments.children.size() < 4) refuse_pickle("a tensor is not described as one");
    const auto part = [&](std::size_t i) -> const PickleNode& { return node(arguments.children[i]); };
    if (part(0).kind != PickleKind::kPersistent) refuse_pickle("a tensor has no storage");
    const StorageId id = storage_id(file_.pickle, part(0));
    const TorchStorage& storage = file_.storages.at(id.key);
    const Dims shape = sizes(part(2));
    const Dims strides = sizes(part(3));
    const std::uint64_t offset = count_in(part(1)) + id.view_offset;
    const std::size_t count = element_count(shape);
    if (strides.size() != shape.size() || offset < id.view_offset || offset > storage.count)
      refuse_pickle("its shape, strides and offset do not fit together");
    check_reach(shape, strides, storage.count - offset, count);
    return view(storage, storage.bytes.subspan(offset * dtype_bytes(storage.dtype)), shape, strides);
  }

  // The last element lies within `room` numbers, and there are not more elements than numbers (none is used twice).
  static void check_reach(const Dims& shape, const Dims& strides, std::uint64_t room, std::size_t count) {
    std::uint64_t last = 0;
    for (std::size_t d = 0; d < shape.size() && count > 0; ++d) {
      const auto steps = static_cast<std::uint64_t>(shape[d] - 1), stride = static_cast<std::uint64_t>(strides[d]);
      if (steps > 0 && stride > (room - last) / steps) refuse_pickle("it reaches beyond its storage");
      last += steps * stride;
    }
    if (count > 0 && last >= room) refuse_pickle("it reaches beyond its storage");
    if (count > room) refuse_pickle("it uses numbers of its storage twice; save tensor.contiguous()");
  }

  TensorView view(const TorchStorage& storage, Bytes from, const Dims& shape, const Dims& strides) {
    const std::size_t size = dtype_bytes(storage.dtype), bytes = element_count(shape) * size;
    if (bytes == 0 || is_row_major(shape, strides)) return {storage.dtype, shape, from.first(bytes)};
    if (bytes > copies_left_)
      throw Error(ErrorCode::kTooLarge, "too many tensors are not contiguous; save tensor.contiguous()");
    copies_left_ -= bytes;
    return {storage.dtype, shape, list_.copies.emplace_back(gathered(from, shape, strides, size))};
  }

  // The stride of a dimension of one element says nothing.
  static bool is_row_major(const Dims& shape, const Dims& strides) {
    const Dims wanted = row_major(shape);
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] > 1 && strides[d] != wanted[d]) return false;
    }
    return true;
  }

  TorchFile file_;
  std::size_t copies_left_;
  TensorList list_;
};

}  // namespace

bool is_state_dict(Bytes bytes) {
  return is_zip_form(bytes) || (bytes.size() > 1 && bytes[0] == std::byte{0x80} && bytes[1] <= std::byte{5});
}

TensorList read_state_dict(Bytes bytes) {
  TorchFile file = is_zip_form(bytes) ? open_zip_form(bytes) : open_legacy_form(bytes);
  // No more is copied than the file holds, however often its tensors share a storage.
  return Reader(std::move(file), bytes.size()).read();
}

}  // namespace aisle::network
