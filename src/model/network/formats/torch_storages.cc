#include "model/network/formats/torch_storages.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/error.h"
#include "model/network/formats/pickle_machine.h"
#include "model/network/formats/zip_members.h"

namespace aisle::network {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kMostPickleBytes = 64 << 20;
// LONG1 of PyTorch's magic number, 0x1950a86a20f9469cfc6c.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::int64_t kLegacyProtocol = 1001;

struct StorageType {
  std::string_view global;
  DType dtype;
};
constexpr StorageType kStorageTypes[] = {
    {"torch FloatStorage", DType::kF32},  {"torch HalfStorage", DType::kF16}, {"torch BFloat16Storage", DType::kBF16},
    {"torch DoubleStorage", DType::kF64}, {"torch LongStorage", DType::kI64}, {"torch IntStorage", DType::kI32},
    {"torch ShortStorage", DType::kI16},  {"torch CharStorage", DType::kI8},  {"torch ByteStorage", DType::kU8},
    {"torch BoolStorage", DType::kBool},
};
// What makes tensors of storages. None of them is run: state_dict.cc reads their arguments.
constexpr std::string_view kFunctions[] = {
    "torch._utils _rebuild_tensor",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    "torch.nn.parameter Parameter",
    "torch Size",
};

bool is_allowed(std::string_view global) {
  return std::ranges::find(kFunctions, global) != std::end(kFunctions) ||
         std::ranges::find(kStorageTypes, global, &StorageType::global) != std::end(kStorageTypes);
}

[[noreturn]] void refuse_order() {
  throw Error(ErrorCode::kUnsupported,
              "the weights are big-endian; save them again on a little-endian machine, or as safetensors");
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Pickle read_bounded(std::string_view text) {
  return read_pickle(text.substr(0, kMostPickleBytes), is_allowed);
}

// Every storage that the pickle names, still without bytes. Two mentions of one must agree.
std::map<std::string_view, TorchStorage> named_storages(const Pickle& pickle) {
  std::map<std::string_view, TorchStorage> storages;
  for (const PickleNode& node : pickle.nodes) {
    if (node.kind != PickleKind::kPersistent) continue;
    const StorageId id = storage_id(pickle, node);
    const auto [found, fresh] = storages.try_emplace(id.key, TorchStorage{id.dtype, id.count, {}});
    if (!fresh && (found->second.dtype != id.dtype || found->second.count != id.count))
      refuse_pickle("the storage '" + std::string(id.key.substr(0, 80)) + "' is described in two ways");
  }
  return storages;
}

// Whether `bytes` are as many as the storage's numbers need.
bool fits(const TorchStorage& storage, Bytes bytes) {
  const std::size_t size = dtype_bytes(storage.dtype);
  return bytes.size() % size == 0 && bytes.size() / size == storage.count;
}

const ZipMember* find_member(const std::vector<ZipMember>& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &ZipMember::name);
  return found == members.end() ? nullptr : &*found;
}

// The folder that all members are in: what stands before "data.pkl".
std::string folder_of(const std::vector<ZipMember>& members) {
  for (const ZipMember& member : members) {
    if (member.name == "data.pkl" || member.name.ends_with("/data.pkl"))
      return std::string(member.name.substr(0, member.name.size() - std::strlen("data.pkl")));
  }
  throw Error(ErrorCode::kUnsupported, "this ZIP archive was not made by torch.save: it has no data.pkl");
}

// --- the old form

// The next of the pickles in a row.
Pickle take_pickle(std::string_view& rest) {
  Pickle pickle = read_bounded(rest);
  rest.remove_prefix(pickle.size_bytes);
  return pickle;
}

void check_legacy_start(std::string_view& rest) {
  const Pickle magic = take_pickle(rest);
  const PickleNode& number = magic.at(magic.root);
  if (number.kind != PickleKind::kBigInt || number.text != kMagic)
    throw Error(ErrorCode::kUnsupported, "this pickle was not made by torch.save");
  const Pickle protocol = take_pickle(rest);
  if (protocol.at(protocol.root).number != kLegacyProtocol)
    throw Error(ErrorCode::kUnsupported, "the weights are in a form of torch.save that is not known here");
  const Pickle system = take_pickle(rest);
  const PickleNode* little = system.value(system.at(system.root), "little_endian");
  if (little == nullptr || little->kind != PickleKind::kBool) refuse_pickle("they do not say their byte order");
  if (little->number == 0) refuse_order();
}

// The count and the numbers of one storage.
Bytes take_storage(std::string_view& rest, const std::string& key, const TorchStorage& storage) {
  std::uint64_t count = 0;
  if (rest.size() < sizeof count) refuse_pickle("the file ends before the storage '" + key + "'");
  std::memcpy(&count, rest.data(), sizeof count);
  rest.remove_prefix(sizeof count);
  const std::size_t size = dtype_bytes(storage.dtype);
  if (count != storage.count || count > rest.size() / size)
    refuse_pickle("the storage '" + key + "' is cut, or has not the size that its tensors want");
  const std::string_view bytes = rest.substr(0, static_cast<std::size_t>(count) * size);
  rest.remove_prefix(bytes.size());
  return std::as_bytes(std::span(bytes));
}

}  // namespace

std::uint64_t count_in(const PickleNode& node) {
  if (node.kind != PickleKind::kInt || node.number < 0) refuse_pickle("a size or an offset is no whole number");
  return static_cast<std::uint64_t>(node.number);
}

StorageId storage_id(const Pickle& pickle, const PickleNode& persistent) {
  const PickleNode& tuple = pickle.at(persistent.children.front());
  if (tuple.kind != PickleKind::kTuple || tuple.children.size() < 5 || tuple.children.size() > 6 ||
      pickle.at(tuple.children[0]).text != "storage")
    refuse_pickle("a storage is not described as one");
  const auto part = [&](std::size_t i) -> const PickleNode& { return pickle.at(tuple.children[i]); };
  const auto type = std::ranges::find(kStorageTypes, part(1).text, &StorageType::global);
  if (part(1).kind != PickleKind::kGlobal || type == std::end(kStorageTypes))
    refuse_pickle("a storage has no type of numbers");
  if (part(2).kind != PickleKind::kString) refuse_pickle("a storage has no name");
  StorageId id{part(2).text, type->dtype, count_in(part(4)), 0};
  if (tuple.children.size() == 6 && part(5).kind == PickleKind::kTuple) {
    if (part(5).children.size() != 3) refuse_pickle("a storage's view is not described as one");
    id.view_offset = count_in(pickle.at(part(5).children[1]));
  }
  return id;
}

bool is_zip_form(Bytes bytes) {
  return is_zip(bytes);
}

TorchFile open_zip_form(Bytes bytes) {
  const std::vector<ZipMember> members = stored_members(bytes);
  const std::string folder = folder_of(members);
  const ZipMember* const order = find_member(members, folder + "byteorder");
  if (order != nullptr && text_of(order->bytes) != "little") refuse_order();
  TorchFile file{read_bounded(text_of(find_member(members, folder + "data.pkl")->bytes)), {}};
  file.storages = named_storages(file.pickle);
  std::map<std::string_view, const ZipMember*> by_name;
  for (const ZipMember& member : members) by_name.emplace(member.name, &member);
  for (auto& [key, storage] : file.storages) {
    const std::string name = folder + "data/" + std::string(key);
    const auto found = by_name.find(name);
    if (found == by_name.end()) refuse_pickle("the archive has no '" + name.substr(0, 200) + "'");
    if (!fits(storage, found->second->bytes))
      refuse_pickle("'" + name.substr(0, 200) + "' has not the size that its tensors want");
    storage.bytes = found->second->bytes;
  }
  return file;
}

TorchFile open_legacy_form(Bytes bytes) {
  std::string_view rest = text_of(bytes);
  check_legacy_start(rest);
  TorchFile file{take_pickle(rest), {}};
  file.storages = named_storages(file.pickle);
  const Pickle keys = take_pickle(rest);
  for (const std::uint32_t index : keys.at(keys.root).children) {
    const std::string key(keys.at(index).text);
    const auto found = file.storages.find(key);
    if (found == file.storages.end()) refuse_pickle("it stores '" + key.substr(0, 80) + "', which no tensor uses");
    found->second.bytes = take_storage(rest, key.substr(0, 80), found->second);
  }
  for (const auto& [key, storage] : file.storages) {
    if (!fits(storage, storage.bytes)) refuse_pickle("the storage '" + std::string(key.substr(0, 80)) + "' is missing");
  }
  return file;
}

}  // namespace aisle::network
