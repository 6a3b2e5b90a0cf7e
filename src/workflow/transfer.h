// One try of a download: a request from where the file ends, written behind what is there.
#pragma once

#include "workflow/download.h"

namespace aisle {

enum class TransferEnd {
  kDone,
  kBroken,  // trying again may help
};

struct TransferResult {
  TransferEnd end = TransferEnd::kDone;
  std::string reason;  // where it is broken
};

// Throws what trying again does not mend.
TransferResult transfer(const Download& download, Progress& progress, const CancelToken& cancel);

}  // namespace aisle
