// The products in the middle of Winograd's convolution: 16 of them, [tiles, in] times [in, out].
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

namespace aisle::engine {

class WinogradShape;  // oneDNN's primitives for one (in, out)

// Made while compiling: convolutions of one shape share their primitives.
class WinogradShapes {
 public:
  std::shared_ptr<WinogradShape> get(std::size_t in, std::size_t out);

 private:
  std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<WinogradShape>> shapes_;
};

}  // namespace aisle::engine
