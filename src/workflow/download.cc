#include "workflow/download.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "workflow/transfer.h"

namespace aisle {
namespace {

constexpr std::size_t kDigits = 64;
constexpr std::size_t kLongestUrl = 4000;

std::filesystem::path tag_of(const Download& download) {
  std::filesystem::path tag = download.file;
  return tag += ".tag";
}

void remove_parts(const Download& download) {
  std::error_code ignored;
  std::filesystem::remove(download.file, ignored);
  std::filesystem::remove(tag_of(download), ignored);
}

void check(const Download& download) {
  const bool known = download.url.starts_with("https://") || download.url.starts_with("http://") ||
                     download.url.starts_with("file://");
  if (!known || download.url.size() > kLongestUrl)
    throw Error(ErrorCode::kInvalidArgument,
                "a URL of https, http or file is fetched, not " + download.url.substr(0, 200));
  if (!download.sha256.empty() && (download.sha256.size() != kDigits ||
                                   download.sha256.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos))
    throw Error(ErrorCode::kInvalidArgument, "a SHA-256 checksum has 64 hexadecimal digits");
}

void check_sum(const Download& download) {
  if (download.sha256.empty()) return;
  const std::string found = sha256_hex(MappedFile(download.file).text());
  if (Digest::from_hex(found) == Digest::from_hex(download.sha256)) return;
  remove_parts(download);
  throw Error(ErrorCode::kInvalidArgument, "the file is not the expected one: its SHA-256 is " + found,
              {{"url", download.url}});
}

}  // namespace

bool is_url(const std::string& text) {
  const std::size_t colon = text.find("://");
  return colon != std::string::npos && colon > 0 &&
         text.substr(0, colon).find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+.-0123456789") ==
             std::string::npos;
}

void download(const Download& download, Progress& progress, const CancelToken& cancel) {
  check(download);
  TransferResult result;
  for (int i = 0; i < download.tries; ++i) {
    cancel.check();
    result = transfer(download, progress, cancel);
    if (result.end == TransferEnd::kDone) {
      check_sum(download);
      std::error_code ignored;
      std::filesystem::remove(tag_of(download), ignored);
      return;
    }
    progress.message("the download stopped: " + result.reason);
  }
  throw Error(ErrorCode::kIo, "the download does not get through: " + result.reason + "; run it again to go on",
              {{"url", download.url}});
}

}  // namespace aisle
