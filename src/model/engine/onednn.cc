#include "model/engine/onednn.h"

// libgomp's, which Debian's oneDNN is linked with; their header would need the compiler's OpenMP.
extern "C" {
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
}

namespace aisle::engine {

OneThread::OneThread() : before_(omp_get_max_threads()) {
  omp_set_num_threads(1);
}
OneThread::~OneThread() {
  omp_set_num_threads(before_);
}

void forget_primitives() {
  const int capacity = dnnl::get_primitive_cache_capacity();
  dnnl::set_primitive_cache_capacity(0);
  dnnl::set_primitive_cache_capacity(capacity);
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace aisle::engine
