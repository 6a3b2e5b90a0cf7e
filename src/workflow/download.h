// Fetches one file from a URL with libcurl, which is opened when the first download comes: no other command waits for
// the libraries that it brings. A download that stopped goes on where it was, if the server still has the same file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/progress.h"

namespace aisle {

struct Download {
  std::string url;             // https, http or file
  std::filesystem::path file;  // what is there of an earlier try is used; `file`.tag beside it says which version it is
  std::string sha256;          // 64 hexadecimal digits; empty: not checked
  std::uint64_t most_bytes = 0;
  int tries = 4;           // of a connection that breaks
  int stall_seconds = 60;  // without a byte
  int connect_seconds = 30;
};

// Whether the text begins as a URL ("scheme://").
bool is_url(const std::string& text);

// Errors: kInvalidArgument (the URL; the checksum, when the file is removed), kNotFound, kTooLarge, kIo, kCancelled,
// kUnsupported (libcurl is not there).
void download(const Download& download, Progress& progress, const CancelToken& cancel);

}  // namespace aisle
