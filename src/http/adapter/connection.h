// One connection: reads requests one after the other, answers in order, and keeps every wait within its time-out.
// Included by the adapter alone.
#pragma once

#include <utility>  // Boost 1.74 forgets it

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "http/adapter/parser.h"
#include "http/handler.h"
#include "http/server.h"
#include "http/spool.h"

namespace aisle::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

// What all threads share.
struct Shared {
  Shared(const ServerOptions& options_, Metrics& metrics_);

  const ServerOptions& options;
  Metrics& metrics;
  Counter& refused_connections;
  Counter& refused_requests;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> streams{0};
  std::atomic<std::size_t> large_bodies_bytes{0};
};

class Connection;

// One thread with its own loop: nothing in it is locked. The members that coroutines refer to outlive `io`.
struct Shard {
  Shard(Shared& shared_, std::unique_ptr<RequestHandler> handler_);

  Shared& shared;
  std::unique_ptr<RequestHandler> handler;
  std::unordered_set<Connection*> connections;
  std::string date;       // "Date: ...\r\n"
  bool draining = false;  // no further requests but those that were accepted
  SteadyTime drain_end, answers_end;
  asio::io_context io{1};
  asio::steady_timer ticker{io};
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, Shard& shard);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> run();
  // Too many connections: 503, then close.
  asio::awaitable<void> refuse();

  // Applies the time-outs.
  void tick(SteadyTime now);
  void begin_drain(SteadyTime now);
  bool awaits_answer() const { return pending_ != nullptr; }  // of a model
  void close();

 private:
  class Permit;
  class Signal;
  struct Stream;
  static constexpr SteadyTime kNever = SteadyTime::max();

  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_head();
  asio::awaitable<void> read_body(std::size_t max_bytes);
  asio::awaitable<bool> fill();
  asio::awaitable<bool> write_all(std::string_view bytes);
  asio::awaitable<bool> send_response();
  asio::awaitable<void> answer_failure(std::exception_ptr failure);
  asio::awaitable<void> close_politely();
  asio::awaitable<void> continue_if_expected();

  asio::awaitable<void> await_answer();
  void watch_client();
  std::function<void()> waker();

  asio::awaitable<bool> serve_stream();
  asio::awaitable<void> pump();
  asio::awaitable<void> push_answers();
  asio::awaitable<void> await_answers();
  static asio::awaitable<void> write_stream(std::shared_ptr<Connection> self);
  asio::awaitable<bool> write_chunks();

  void check_head();
  void take_room(std::size_t bytes);  // for a large body; kOverloaded
  void give_room();
  void drop_body();   // when nobody reads it any more
  bool parse_some();  // feeds what is buffered to the parser; throws on bad framing
  bool has_input() const { return begin_ < end_; }
  bool may_keep_alive() const;
  void append_head(std::string& out, bool chunked, std::size_t length) const;
  void finish_request();
  void collect_answers();

  tcp::socket socket_;
  Shard& shard_;
  const ServerOptions& options_;
  Request request_;
  Response response_;
  std::optional<RequestParser> parser_;
  std::vector<char> input_;
  std::size_t begin_ = 0, end_ = 0;  // unread bytes of input_
  std::size_t head_bytes_ = 0;
  std::size_t room_bytes_ = 0;  // of Shared::large_bodies_bytes
  std::string output_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<PendingAnswer> pending_;  // while it is waited for
  std::unique_ptr<Signal> woken_;
  std::uint64_t wait_ = 0;                       // the number of the last one
  bool answered_ = false, client_gone_ = false;  // of pending_
  SteadyTime read_deadline_ = kNever, write_deadline_ = kNever, started_;
  bool read_expired_ = false;
  bool idle_ = true;          // no byte of the next request is here yet
  bool framing_good_ = true;  // we know where the request ends
  bool head_only_ = false;    // HEAD
};

}  // namespace aisle::http
