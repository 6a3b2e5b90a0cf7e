// What the engine's files share of oneDNN; included by .cc files of this folder alone. Every primitive is built for and
// run by one thread: the threads are ours (team.h), and share the work by rows.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "core/error.h"

namespace aisle::engine {

using Memory = dnnl::memory;
using DataType = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

// While it lives, oneDNN's OpenMP uses the calling thread alone.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

// oneDNN's exception becomes ours; `what` says what was tried.
template <typename Call>
auto guarded(const char* what, Call call) {
  try {
    return call();
  } catch (const dnnl::error& error) {
    throw Error(ErrorCode::kInternal, std::string("oneDNN cannot ") + what + ": " + error.what());
  }
}

dnnl::primitive_attr user_scratchpad();

// oneDNN keeps what it has built for the whole process; an engine holds what it needs by itself.
void forget_primitives();

}  // namespace aisle::engine
