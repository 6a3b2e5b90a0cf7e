#include "model/archive.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>

#include "core/ids.h"

namespace aisle {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little-endian and used as they are mapped");

constexpr std::string_view kMagic = "AISLEMDL";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxSections = 64;
constexpr std::size_t kNameBytes = 32;
constexpr std::size_t kDigestBytes = sizeof(Digest::bytes);

struct Header {
  char magic[8];
  std::uint32_t layout;
  std::uint32_t sections;
  std::uint64_t file_size;
  std::byte zeros[40];
};
static_assert(sizeof(Header) == kAlignment);

struct Entry {
  char name[kNameBytes];
  std::uint64_t offset;
  std::uint64_t size;
  std::byte zeros[16];
};
static_assert(sizeof(Entry) == kAlignment);

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "this is not a whole model file: " + what);
}

std::size_t padding(std::size_t size) {
  return (kAlignment - size % kAlignment) % kAlignment;
}

bool is_name(std::string_view name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; };
  return !name.empty() && name.size() < kNameBytes && std::ranges::all_of(name, allowed);
}

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span<const T, 1>(&value, 1));
}

// A file that is digested while it is written, and removed unless it is published.
class DigestedFile {
 public:
  explicit DigestedFile(std::filesystem::path path)
      : path_(std::move(path)), stream_(path_, std::ios::binary | std::ios::trunc) {
    check();
  }
  ~DigestedFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  DigestedFile(const DigestedFile&) = delete;
  DigestedFile& operator=(const DigestedFile&) = delete;

  void add(std::span<const std::byte> bytes) {
    hasher_.add(chars(bytes));
    put(bytes);
  }
  void pad(std::size_t size) {
    static constexpr std::array<std::byte, kAlignment> kZeros{};
    add(std::span(kZeros).first(padding(size)));
  }
  void publish(const std::filesystem::path& to) {
    const Digest digest = hasher_.finish();
    put(std::as_bytes(std::span(digest.bytes)));
    stream_.close();
    check();
    publish_file(path_, to);
    path_.clear();
  }

 private:
  void put(std::span<const std::byte> bytes) {
    stream_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    check();
  }
  void check() const {
    if (!stream_) throw errno_error("cannot write", path_.string());
  }

  std::filesystem::path path_;
  std::ofstream stream_;
  Hasher hasher_;
};

const Header& read_header(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Header) + kDigestBytes) corrupt("it has only " + std::to_string(bytes.size()) + " bytes");
  const auto& header = *reinterpret_cast<const Header*>(bytes.data());
  if (std::string_view(header.magic, sizeof header.magic) != kMagic) corrupt("it does not start as one");
  if (header.layout != kModelLayout) {
    throw Error(ErrorCode::kUnsupported, std::string("this model was written by ") +
                                             (header.layout < kModelLayout ? "an older" : "a newer") +
                                             " Aisle (layout " + std::to_string(header.layout) +
                                             ", this program reads " + std::to_string(kModelLayout) + "): train again");
  }
  if (header.file_size != bytes.size()) {
    corrupt("it should have " + std::to_string(header.file_size) + " bytes and has " + std::to_string(bytes.size()));
  }
  if (header.sections > kMaxSections ||
      sizeof(Header) + header.sections * sizeof(Entry) + kDigestBytes > bytes.size()) {
    corrupt("it names " + std::to_string(header.sections) + " sections");
  }
  return header;
}

}  // namespace

void ArchiveWriter::add(std::string_view name, std::span<const std::byte> bytes) {
  const bool twice = std::ranges::any_of(sections_, [&](const Section& section) { return section.name == name; });
  if (!is_name(name) || twice || sections_.size() == kMaxSections) {
    throw Error(ErrorCode::kInternal, "a model file cannot have this section: " + std::string(name));
  }
  sections_.push_back({std::string(name), bytes});
}

void ArchiveWriter::write(const std::filesystem::path& path) const {
  std::vector<Entry> table;
  std::uint64_t at = sizeof(Header) + sections_.size() * sizeof(Entry);
  for (const Section& section : sections_) {
    Entry& entry = table.emplace_back();
    entry = {};
    std::ranges::copy(section.name, entry.name);
    entry.offset = at;
    entry.size = section.bytes.size();
    at += entry.size + padding(entry.size);
  }
  Header header{};
  std::ranges::copy(kMagic, header.magic);
  header.layout = kModelLayout;
  header.sections = static_cast<std::uint32_t>(sections_.size());
  header.file_size = at + kDigestBytes;

  std::filesystem::path temporary = path;
  temporary += "." + new_id().substr(0, 12) + ".part";
  DigestedFile file(temporary);
  file.add(bytes_of(header));
  file.add(std::as_bytes(std::span(table)));
  for (const Section& section : sections_) {
    file.add(section.bytes);
    file.pad(section.bytes.size());
  }
  file.publish(path);
}

Archive Archive::open(const std::filesystem::path& path) {
  MappedFile file(path);
  try {
    Archive archive = parse(file.bytes());
    archive.file_ = std::move(file);
    return archive;
  } catch (const Error& error) {
    throw error.with("file", path.string());
  }
}

Archive Archive::parse(std::span<const std::byte> bytes) {
  const Header& header = read_header(bytes);
  const std::span<const Entry> table(reinterpret_cast<const Entry*>(bytes.data() + sizeof(Header)), header.sections);
  const std::uint64_t end = bytes.size() - kDigestBytes;
  std::uint64_t free_from = sizeof(Header) + table.size_bytes();
  Archive archive;
  archive.bytes_ = bytes;
  for (const Entry& entry : table) {
    const std::string_view name(entry.name, ::strnlen(entry.name, kNameBytes));
    if (!is_name(name) || archive.has(name)) corrupt("a section has no proper name");
    if (entry.offset % kAlignment != 0 || entry.offset < free_from || entry.offset > end ||
        entry.size > end - entry.offset) {
      corrupt("section '" + std::string(name) + "' lies outside");
    }
    free_from = entry.offset + entry.size;
    archive.sections_.push_back({std::string(name), bytes.subspan(entry.offset, entry.size)});
  }
  return archive;
}

bool Archive::has(std::string_view name) const {
  return std::ranges::any_of(sections_, [&](const Section& section) { return section.name == name; });
}

std::span<const std::byte> Archive::section(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &Section::name);
  if (found == sections_.end()) corrupt("section '" + std::string(name) + "' is missing");
  return found->bytes;
}

void Archive::refuse_size(std::string_view name) {
  corrupt("section '" + std::string(name) + "' has not the size that the card says");
}

void verify_archive(const std::filesystem::path& path) {
  const MappedFile file(path);
  read_header(file.bytes());
  const std::string_view text = file.text();
  const Digest digest = digest_of(text.substr(0, text.size() - kDigestBytes));
  if (std::memcmp(digest.bytes.data(), text.data() + text.size() - kDigestBytes, kDigestBytes) == 0) return;
  throw Error(ErrorCode::kCorrupt, "the model file's bytes are not those that were written: " + path.string(),
              {{"file", path.string()}});
}

}  // namespace aisle
