// What a connection holds while it answers: its permit, and the state of a streamed body. Included by the adapter
// alone.
#pragma once

#include "http/adapter/connection.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/error.h"

namespace aisle::http {

// Counts a request, or a streamed one, while the connection is at it: not while it waits for a model, whose queue is
// bounded itself, so that one that is slow refuses nothing to the others.
class Connection::Permit {
 public:
  Permit(std::atomic<std::size_t>& count, std::size_t limit, Counter& refused) : count_(count) {
    if (count_.fetch_add(1, std::memory_order_relaxed) < limit) return;
    count_.fetch_sub(1, std::memory_order_relaxed);
    refused.add();
    throw Error(ErrorCode::kOverloaded,
                "the server is busy with " + std::to_string(limit) + " requests of this kind; try again in a second");
  }
  ~Permit() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;

 private:
  std::atomic<std::size_t>& count_;
};

// Wakes the one coroutine that waits for it; whoever waits looks at its condition again.
class Connection::Signal {
 public:
  explicit Signal(asio::io_context& io) : timer_(io) { timer_.expires_at(SteadyTime::max()); }
  void wake() { timer_.cancel(); }
  asio::awaitable<void> wait() {
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

 private:
  asio::steady_timer timer_;
};

struct Connection::Stream {
  Stream(asio::io_context& io, const ServerOptions& options)
      : spool(options.temporary_folder), filled(io), emptied(io) {}

  Spool spool;
  Signal filled;            // for the writer: there is something to send, or to collect, or the end
  Signal emptied;           // for the pump: there is room, or answers came, or the writer is done
  std::string answers;      // of the last piece
  bool complete = false;    // nothing more will be put into the spool
  bool broken_off = false;  // then the answer's end must not look regular
  bool head_sent = false;
  bool writer_done = false;
  bool writer_failed = false;
};

}  // namespace aisle::http
