// One database behind one connection and one mutex. Private to the SQL stores: it brings SOCI in.
// Work runs as a transaction, read() or write(); what the database refuses becomes an Error that says what to do.
#pragma once

#include <soci/soci.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <type_traits>

#include "core/digest.h"

namespace aisle::sql {

// How long a statement waits for another process before it ends with kOverloaded.
inline constexpr int kBusyTimeoutSeconds = 10;

// Rolls back unless commit() was called.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(soci::session& session, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  soci::session& session_;
  bool open_ = true;
};

class Database {
 public:
  // Makes an empty file that only its owner may read; kAlreadyExists.
  static void create(const std::filesystem::path& file);
  // Opens a file that is there. kNotFound, kCorrupt, kIo.
  explicit Database(const std::filesystem::path& file, int busy_timeout_seconds = kBusyTimeoutSeconds);

  // A consistent view of many statements. Body: (soci::session&) -> anything. Thread-safe, one at a time.
  template <typename Body>
  auto read(Body&& body) {
    return transact(Transaction::Kind::kRead, body);
  }
  // All or nothing, and durable when it returns. Takes the write lock first, so that it never fails half way.
  template <typename Body>
  auto write(Body&& body) {
    return transact(Transaction::Kind::kWrite, body);
  }
  // No transaction around it.
  template <typename Body>
  auto plain(Body&& body) {
    const std::scoped_lock lock(mutex_);
    return guard([&] { return body(session_); });
  }

  const std::filesystem::path& file() const { return file_; }

 private:
  template <typename Body>
  auto transact(Transaction::Kind kind, Body& body) {
    return plain([&](soci::session& session) {
      Transaction transaction(session, kind);
      if constexpr (std::is_void_v<decltype(body(session))>) {
        body(session);
        transaction.commit();
      } else {
        auto result = body(session);
        transaction.commit();
        return result;
      }
    });
  }
  template <typename Body>
  auto guard(Body&& body) -> decltype(body()) {
    try {
      return body();
    } catch (const soci::soci_error& error) {
      throw_translated(error);
    }
  }
  [[noreturn]] void throw_translated(const soci::soci_error& error) const;
  void configure();

  std::filesystem::path file_;
  std::mutex mutex_;
  soci::session session_;
};

// Digests travel as their 32 bytes.
std::string to_bytes(const Digest& digest);
Digest from_bytes(const std::string& bytes);  // kCorrupt

}  // namespace aisle::sql
