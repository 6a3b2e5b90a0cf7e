// Weight files made by hand for the cases: safetensors from a header in words, and both forms of torch.save from a
// pickle's operations.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aisle::abuse::weights {

template <typename T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Size, header, data.
std::string safetensors(const std::string& header, std::size_t data_bytes);

// --- operations of a pickle
std::string text(const std::string& value);                            // BINUNICODE
std::string whole(std::int32_t value);                                 // BININT
std::string wide(std::int64_t value);                                  // LONG1
std::string name(const std::string& module, const std::string& what);  // GLOBAL
std::string tuple(const std::string& items);                           // MARK items TUPLE
std::string dict(const std::string& items);                            // EMPTY_DICT MARK items SETITEMS
std::string repeated(const std::string& part, std::size_t count);

// ('storage', type, key, 'cpu', count) as a persistent id.
std::string storage(const std::string& type, const std::string& key, const std::string& count);
// torch._utils._rebuild_tensor_v2(storage, offset, size, stride, False, None).
std::string tensor(const std::string& storage, const std::string& offset, const std::string& size,
                   const std::string& stride);
// A storage "0" of four f32 as a tensor of [2, 2].
std::string good_tensor();

// A pickle: protocol 2, the operations, STOP.
std::string pickle(const std::string& operations);

// The old form around the operations of the state dict; one storage, "0", of four f32.
std::string legacy(const std::string& operations);

struct Member {
  std::string name, bytes;
  std::uint16_t method = 0, flags = 0;
};
std::string zip(const std::vector<Member>& members);
// The zip form around the operations of the state dict; one storage, "0", of four f32.
std::string zip_form(const std::string& operations, const std::vector<Member>& more = {});

// Registers a case: opening the bytes is refused in clear words, or, where `may_open`, all that opens can be read.
void add_weight_case(const std::string& suite, const std::string& name, std::function<std::string()> make,
                     bool may_open = false);

}  // namespace aisle::abuse::weights
