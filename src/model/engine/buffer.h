// Memory on a cache line, left as it is: what the engine computes in.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace aisle::engine {

class Buffer {
 public:
  static constexpr std::size_t kLine = 64;

  Buffer() = default;
  explicit Buffer(std::size_t bytes) { grow(bytes); }

  // At least so large; what was in it may be lost.
  void grow(std::size_t bytes) {
    if (bytes <= size_) return;
    const std::size_t whole = (bytes + kLine - 1) / kLine * kLine;
    data_.reset();
    data_.reset(static_cast<std::byte*>(std::aligned_alloc(kLine, whole)));
    size_ = data_ ? whole : 0;
    if (!data_) throw std::bad_alloc();
  }

  template <typename T>
  T* as(std::size_t offset_bytes = 0) {
    return reinterpret_cast<T*>(data_.get() + offset_bytes);
  }
  template <typename T>
  const T* as(std::size_t offset_bytes = 0) const {
    return reinterpret_cast<const T*>(data_.get() + offset_bytes);
  }
  std::size_t size_bytes() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  std::unique_ptr<std::byte[], Free> data_;
  std::size_t size_ = 0;
};

}  // namespace aisle::engine
