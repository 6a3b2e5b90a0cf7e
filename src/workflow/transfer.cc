#include "workflow/transfer.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>

#include "core/error.h"
#include "core/files.h"
#include "workflow/curl_library.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;

constexpr long kMostRedirections = 5;
constexpr std::size_t kLongestTag = 1000;
constexpr long kPartOfFile = 206, kNoSuchPart = 416;

fs::path tag_file(const Download& download) {
  fs::path file = download.file;
  return file += ".tag";
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return error ? 0 : size;
}

bool has_prefix(std::string_view line, std::string_view lower_prefix) {
  if (line.size() < lower_prefix.size()) return false;
  return std::equal(lower_prefix.begin(), lower_prefix.end(), line.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return std::string(text);
}

// What libcurl calls back. Nothing may be thrown through its C code: errors are kept.
class Transfer {
 public:
  Transfer(const Download& download, Progress& progress, const CancelToken& cancel)
      : download_(download), progress_(progress), cancel_(cancel), curl_(curl_library()), handle_(curl_.init()) {
    if (handle_ == nullptr) throw Error(ErrorCode::kIo, "libcurl cannot start a download");
  }
  ~Transfer() {
    curl_.free_list(headers_);
    curl_.cleanup(handle_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  TransferResult run() {
    go_on_from_earlier();
    set_options();
    const CURLcode status = curl_.perform(handle_);
    stream_.close();
    if (error_) throw *error_;
    return result_of(status);
  }

 private:
  // Only where it is known which version of the file the bytes are from.
  void go_on_from_earlier() {
    start_ = size_of(download_.file);
    if (start_ == 0 || !fs::exists(tag_file(download_))) {
      start_ = 0;
      return;
    }
    const std::string tag = read_file(tag_file(download_), kLongestTag);
    add_header("Range: bytes=" + std::to_string(start_) + "-");
    add_header("If-Range: " + tag);
  }

  void add_header(const std::string& header) { headers_ = curl_.append(headers_, header.c_str()); }

  void set_options() {
    const bool secure = download_.url.starts_with("https:");
    curl_.set(handle_, CURLOPT_URL, download_.url.c_str());
    curl_.set(handle_, CURLOPT_PROTOCOLS_STR, "https,http,file");
    curl_.set(handle_, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "https,http");
    curl_.set(handle_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_.set(handle_, CURLOPT_MAXREDIRS, kMostRedirections);
    curl_.set(handle_, CURLOPT_FAILONERROR, 1L);
    curl_.set(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_.set(handle_, CURLOPT_CONNECTTIMEOUT, static_cast<long>(download_.connect_seconds));
    curl_.set(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_.set(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(download_.stall_seconds));
    curl_.set(handle_, CURLOPT_USERAGENT, "aisle");
    curl_.set(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_.set(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_.set(handle_, CURLOPT_HEADERDATA, this);
    curl_.set(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
    curl_.set(handle_, CURLOPT_WRITEDATA, this);
    curl_.set(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_.set(handle_, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    curl_.set(handle_, CURLOPT_XFERINFODATA, this);
  }

  long http_status() const {
    long status = 0;
    curl_.info(handle_, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  // Of a row of answers (redirections) the last one counts.
  void take_header(std::string_view line) {
    if (has_prefix(line, "http/")) tag_.clear(), length_.reset();
    if (has_prefix(line, "etag:") && line.find("W/") == std::string_view::npos) tag_ = trimmed(line.substr(5));
    if (has_prefix(line, "last-modified:") && tag_.empty()) tag_ = trimmed(line.substr(14));
    if (has_prefix(line, "content-range:")) range_ = trimmed(line.substr(14));
    if (has_prefix(line, "content-length:")) length_ = std::strtoull(trimmed(line.substr(15)).c_str(), nullptr, 10);
  }

  // The first bytes: the server goes on, or starts again.
  void open_file() {
    if (http_status() != kPartOfFile) start_ = 0;
    if (start_ > 0 && range_.find("bytes " + std::to_string(start_) + "-") != 0)
      throw Error(ErrorCode::kIo, "the server sent another part of the file than it was asked for",
                  {{"url", download_.url}});
    if (length_ && *length_ > download_.most_bytes - std::min(start_, download_.most_bytes)) refuse_size();
    stream_.open(download_.file, std::ios::binary | (start_ == 0 ? std::ios::trunc : std::ios::app));
    if (start_ == 0) {
      std::error_code ignored;
      fs::remove(tag_file(download_), ignored);
      if (!tag_.empty() && tag_.size() <= kLongestTag) write_file_atomically(tag_file(download_), tag_);
    }
    written_ = start_;
  }

  void write(std::string_view bytes) {
    if (!stream_.is_open()) open_file();
    if (bytes.size() > download_.most_bytes - std::min(written_, download_.most_bytes)) refuse_size();
    stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!stream_) throw errno_error("cannot write", download_.file.string());
    written_ += bytes.size();
  }

  [[noreturn]] void refuse_size() const {
    throw Error(ErrorCode::kTooLarge,
                "the file behind the URL is larger than " + std::to_string(download_.most_bytes) + " bytes",
                {{"url", download_.url}});
  }

  TransferResult result_of(CURLcode status) {
    const std::string reason = curl_.strerror(status);
    switch (status) {
      case CURLE_OK:
        if (written_ == 0 && start_ == 0) std::ofstream(download_.file, std::ios::trunc);  // an empty file
        return {};
      case CURLE_HTTP_RETURNED_ERROR:
        return answer_refused(http_status());
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_TOO_MANY_REDIRECTS:
        throw Error(ErrorCode::kInvalidArgument, "the URL cannot be fetched: " + reason, {{"url", download_.url}});
      case CURLE_FILE_COULDNT_READ_FILE:
      case CURLE_REMOTE_FILE_NOT_FOUND:
        throw Error(ErrorCode::kNotFound, "there is no such file behind the URL", {{"url", download_.url}});
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
        throw Error(ErrorCode::kIo, "the server's certificate is not trusted: " + reason, {{"url", download_.url}});
      default:
        return {TransferEnd::kBroken, reason};
    }
  }

  TransferResult answer_refused(long status) const {
    const std::string words = "the server answered " + std::to_string(status);
    if (status == kNoSuchPart) {  // the file has become shorter, or is whole already
      std::error_code ignored;
      fs::remove(download_.file, ignored);
      return {TransferEnd::kBroken, words};
    }
    if (status == 408 || status == 429 || status >= 500) return {TransferEnd::kBroken, words};
    throw Error(status == 404 || status == 410 ? ErrorCode::kNotFound : ErrorCode::kIo, words,
                {{"url", download_.url}});
  }

  // Runs `body` for a callback; false when it threw.
  template <typename Body>
  bool guarded(Body body) noexcept {
    try {
      body();
      return true;
    } catch (const Error& error) {
      error_ = error;
    } catch (const std::exception& error) {
      error_ = Error(ErrorCode::kInternal, error.what());
    }
    return false;
  }

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded([&] { transfer.take_header({bytes, size * count}); }) ? size * count : 0;
  }
  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded([&] { transfer.write({bytes, size * count}); }) ? size * count : 0;
  }
  static int on_progress(void* self, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto count = [&](curl_off_t bytes) { return transfer.start_ + static_cast<std::uint64_t>(bytes); };
    const bool fine = transfer.guarded([&] {
      transfer.cancel_.check();
      if (now == 0) return;
      transfer.progress_.update(
          {.stage = "downloading", .done = count(now), .total = total > 0 ? count(total) : 0, .unit = "bytes"});
    });
    return fine ? 0 : 1;
  }

  const Download& download_;
  Progress& progress_;
  const CancelToken& cancel_;
  const CurlLibrary& curl_;
  CURL* handle_;
  curl_slist* headers_ = nullptr;
  std::ofstream stream_;
  std::uint64_t start_ = 0;  // what an earlier try has left
  std::uint64_t written_ = 0;
  std::string tag_;    // the answer's ETag, or its date
  std::string range_;  // which part it says to be: "bytes 10-23/24"
  std::optional<std::uint64_t> length_;
  std::optional<Error> error_;
};

}  // namespace

TransferResult transfer(const Download& download, Progress& progress, const CancelToken& cancel) {
  return Transfer(download, progress, cancel).run();
}

}  // namespace aisle
