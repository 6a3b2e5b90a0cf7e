#include "storage/sql/database.h"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace aisle::sql {
namespace {

constexpr int kPrimaryCodeMask = 0xff;  // the rest of an extended result code says more than we need

void rollback_quietly(soci::session& session) {
  try {
    session << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // The database has rolled back by itself (disk full, say); the error on its way tells why.
  }
}

std::string connect_text(const std::filesystem::path& file, int busy_timeout_seconds) {
  if (file.native().find('"') != std::string::npos) {
    throw Error(ErrorCode::kInvalidArgument, "a workspace's path may not hold a double quote: " + file.string());
  }
  return "db=\"" + file.string() + "\" timeout=" + std::to_string(busy_timeout_seconds);
}

Error translate(int code, const std::string& what, const std::filesystem::path& file) {
  const std::string path = file.string();
  const ErrorContext context = {{"file", path}, {"database", what}};
  switch (code & kPrimaryCodeMask) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {
          ErrorCode::kOverloaded,
          "another process keeps writing to the workspace; nothing of this step was stored; try again when it is done",
          context};
    case SQLITE_FULL:
      return {ErrorCode::kIo, "the disk is full: nothing of this step was stored; free some space and run it again",
              context};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, path + " is damaged or not a database; restore it from a backup", context};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kIo, "cannot write to " + path + " or its folder; give this user the right to write there",
              context};
    case SQLITE_IOERR:
      return {ErrorCode::kIo,
              "the disk refused to read or write " + path +
                  ": nothing of this step was stored; check the disk and its space, then run it again",
              context};
    default:
      return {ErrorCode::kInternal, "the database refused a statement: " + what, {{"file", path}}};
  }
}

}  // namespace

Transaction::Transaction(soci::session& session, Kind kind) : session_(session) {
  session_ << (kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (open_) rollback_quietly(session_);
}

void Transaction::commit() {
  session_ << "COMMIT";
  open_ = false;
}

void Database::create(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno == EEXIST) throw Error(ErrorCode::kAlreadyExists, file.string() + " exists");
  if (descriptor < 0) throw errno_error("cannot make", file.string());
  ::close(descriptor);
}

Database::Database(const std::filesystem::path& file, int busy_timeout_seconds) : file_(file) {
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::kNotFound,
                "the workspace has lost its database " + file.string() + "; restore it from a backup",
                {{"file", file.string()}});
  }
  guard([&] {
    session_.open(soci::sqlite3, connect_text(file, busy_timeout_seconds));
    configure();
  });
}

// The log must be ahead of the data, synced at every commit: what was acknowledged survives a loss of power.
void Database::configure() {
  std::string journal;
  session_ << "PRAGMA journal_mode = WAL", soci::into(journal);
  if (journal != "wal") {
    throw Error(ErrorCode::kUnsupported, "the file system of " + file_.string() +
                                             " cannot hold a write-ahead log; put the workspace on a local disk");
  }
  session_ << "PRAGMA synchronous = FULL";
  session_ << "PRAGMA foreign_keys = ON";
  session_ << "PRAGMA temp_store = MEMORY";
  session_ << "PRAGMA cache_size = -16384";            // KiB
  session_ << "PRAGMA wal_autocheckpoint = 4000";      // pages: 16 MB
  session_ << "PRAGMA journal_size_limit = 67108864";  // bytes that the log may keep after a large transaction
}

void Database::throw_translated(const soci::soci_error& error) const {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  const std::string what = error.what();
  if (sqlite != nullptr) throw translate(sqlite->result(), what, file_);
  // SOCI throws its plain type when a file cannot be opened.
  throw translate(what.find("open") != std::string::npos ? SQLITE_CANTOPEN : SQLITE_ERROR, what, file_);
}

std::string to_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

Digest from_bytes(const std::string& bytes) {
  Digest digest;
  if (bytes.size() != digest.bytes.size()) {
    throw Error(ErrorCode::kCorrupt,
                "a stored digest has " + std::to_string(bytes.size()) + " bytes; restore the workspace from a backup");
  }
  std::memcpy(digest.bytes.data(), bytes.data(), bytes.size());
  return digest;
}

}  // namespace aisle::sql
