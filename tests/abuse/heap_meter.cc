#include "abuse/heap_meter.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace aisle::abuse {
namespace {

// Cases run one after the other; relaxed order is enough for the few threads inside one.
std::atomic<std::size_t> held{0};
std::atomic<std::size_t> peak{0};

void* take(std::size_t size) {
  void* const memory = std::malloc(std::max<std::size_t>(size, 1));
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t bytes = ::malloc_usable_size(memory);
  const std::size_t now = held.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (now > peak.load(std::memory_order_relaxed)) peak.store(now, std::memory_order_relaxed);
  return memory;
}

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  held.fetch_sub(::malloc_usable_size(memory), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

std::size_t heap_bytes() {
  return held.load();
}
std::size_t heap_peak_bytes() {
  return peak.load();
}
void reset_heap_peak() {
  peak.store(held.load());
}

}  // namespace aisle::abuse

void* operator new(std::size_t size) {
  return aisle::abuse::take(size);
}
void* operator new[](std::size_t size) {
  return aisle::abuse::take(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return aisle::abuse::take(size);
  } catch (...) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
void operator delete(void* memory) noexcept {
  aisle::abuse::give_back(memory);
}
void operator delete[](void* memory) noexcept {
  aisle::abuse::give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  aisle::abuse::give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  aisle::abuse::give_back(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  aisle::abuse::give_back(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  aisle::abuse::give_back(memory);
}
