/* The door of libaisle_onnx.so, the only code that includes protobuf and libonnx. Built with the program and opened by
   it (model/onnx/write.cc). The interface's number grows with every change here or in graph.h. */
#pragma once

#include "model/onnx/graph.h"

#define AISLE_ONNX_INTERFACE 1

struct aisle_onnx_failure {
  int system_error;  // errno where the file could not be written, else 0
  char reason[1000];
};

extern "C" {

__attribute__((visibility("default"))) int aisle_onnx_interface();

/* Writes the model to an open file, from where it stands, after ONNX's checker and its shape inference have seen it. 0,
   or 1 with the failure. What the initializers' functions throw goes through. */
__attribute__((visibility("default"))) int aisle_onnx_write(const aisle::onnx::Model& model, int file,
                                                            aisle_onnx_failure& failure);
}
