// Listens, hands connections to the threads by turns, applies time-outs, and stops in good order.
#include "http/server.h"

#include <utility>  // Boost 1.74 forgets it

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <thread>

#include "core/error.h"
#include "core/parallel.h"
#include "http/adapter/connection.h"

namespace aisle::http {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Code = boost::system::error_code;

Shared::Shared(const ServerOptions& options_, Metrics& metrics_)
    : options(options_),
      metrics(metrics_),
      refused_connections(metrics.refused("connections")),
      refused_requests(metrics.refused("in_flight")) {}

Shard::Shard(Shared& shared_, std::unique_ptr<RequestHandler> handler_)
    : shared(shared_), handler(std::move(handler_)) {}

namespace {

constexpr milliseconds kTick{100};
constexpr std::size_t kRefusable = 64;  // connections over the bound that are told so; further ones are closed

std::string date_header() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
                            &utc));  // the program keeps the C locale
  return text;
}

void begin_drain(Shard& shard) {
  const SteadyTime now = steady_clock::now();
  shard.draining = true;
  const ServerOptions& options = shard.shared.options;
  shard.drain_end = now + milliseconds(options.drain_timeout_ms);
  // An item may wait for its version to be opened, and then for its turn.
  shard.answers_end = std::max(shard.drain_end, now + 2 * milliseconds(options.answer_timeout_ms));
  for (Connection* connection : shard.connections) connection->begin_drain(now);
}

// Until the shard has drained. Connections hold themselves, so a copy of the set is not needed: tick() and close()
// only start what ends them later.
asio::awaitable<void> keep_time(Shard& shard) {
  while (!shard.draining || !shard.connections.empty()) {
    shard.date = date_header();
    Code ignored;
    shard.ticker.expires_after(kTick);
    co_await shard.ticker.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const SteadyTime now = steady_clock::now();
    shard.handler->tick();
    shard.shared.metrics.requests_in_flight().set(
        static_cast<double>(shard.shared.in_flight.load() + shard.shared.streams.load()));
    for (Connection* connection : shard.connections) connection->tick(now);
    if (!shard.draining || now < shard.drain_end) continue;
    for (Connection* connection : shard.connections) {
      if (!connection->awaits_answer() || now >= shard.answers_end) connection->close();
    }
    if (now > shard.answers_end + std::chrono::seconds(1)) shard.io.stop();
  }
}

class Listener {
 public:
  Listener(Shared& shared, std::vector<std::unique_ptr<Shard>>& shards, const CancelToken& stop)
      : shared_(shared), shards_(shards), stop_(stop), acceptor_(shards.front()->io), pause_(shards.front()->io) {}

  std::uint16_t listen() {
    const ServerOptions& options = shared_.options;
    const std::string place = options.host + ":" + std::to_string(options.port);
    try {
      tcp::resolver resolver(shards_.front()->io);
      const tcp::endpoint endpoint =
          *resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive).begin();
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen(static_cast<int>(std::min<std::size_t>(options.max_connections + kRefusable, 4096)));
      return acceptor_.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
      throw Error(ErrorCode::kIo,
                  "cannot listen on " + place + ": " + error.code().message() + "; choose another address or port",
                  {{"address", place}});
    }
  }

  asio::awaitable<void> accept() {
    while (acceptor_.is_open()) {
      Shard& shard = next_shard();
      tcp::socket socket(shard.io);
      Code code;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
      if (!code) {
        admit(std::move(socket), shard);
      } else if (code != asio::error::operation_aborted) {  // no file descriptors, most likely: do not spin
        pause_.expires_after(kTick);
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, code));
      }
    }
  }

  // Looks for the stop; then takes what the system has accepted already, listens no more and tells the threads.
  asio::awaitable<void> wait_for_stop() {
    asio::steady_timer timer(shards_.front()->io);
    while (!stop_.cancelled()) {
      Code ignored;
      timer.expires_after(kTick / 2);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    Code code;
    acceptor_.cancel(code);
    acceptor_.non_blocking(true, code);
    while (!code) {
      Shard& shard = next_shard();
      tcp::socket socket(shard.io);
      acceptor_.accept(socket, code);
      if (!code) admit(std::move(socket), shard);
    }
    acceptor_.close(code);
    for (const auto& shard : shards_) asio::post(shard->io, [&one = *shard] { begin_drain(one); });
  }

 private:
  Shard& next_shard() { return *shards_[next_++ % shards_.size()]; }

  void admit(tcp::socket socket, Shard& shard) {
    const std::size_t open = shared_.connections.fetch_add(1, std::memory_order_relaxed);
    if (open >= shared_.options.max_connections + kRefusable) {
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
      shared_.refused_connections.add();
      return;  // the socket closes
    }
    const bool refused = open >= shared_.options.max_connections;
    asio::post(shard.io, [socket = std::move(socket), &shard, refused]() mutable {
      const auto connection = std::make_shared<Connection>(std::move(socket), shard);
      const auto life = [connection, refused]() -> asio::awaitable<void> {
        return refused ? connection->refuse() : connection->run();
      };
      asio::co_spawn(shard.io, life, asio::detached);
    });
  }

  Shared& shared_;
  std::vector<std::unique_ptr<Shard>>& shards_;
  const CancelToken& stop_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_ = 0;
};

// Connections need file descriptors; the usual soft limit is below our default.
void raise_file_limit(std::size_t connections) {
  constexpr rlim_t kOtherFiles = 512;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + kRefusable + kOtherFiles);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void check(const ServerOptions& options) {
  const auto require = [](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::kInvalidArgument, std::string("the server's ") + what + " is out of range");
  };
  if (options.host.empty())
    throw Error(ErrorCode::kInvalidArgument,
                "the server's address is empty; name 127.0.0.1, or 0.0.0.0 to let other machines in");
  require(options.max_connections >= 1 && options.max_connections <= 1'000'000, "max_connections");
  require(options.max_header_bytes >= 1024 && options.max_header_bytes <= (1U << 20), "max_header_bytes");
  require(options.max_body_bytes >= 1024 && options.max_body_bytes <= (1U << 30), "max_body_bytes");
  require(options.max_in_flight >= 1, "max_in_flight");
  require(options.max_streams >= 1, "max_streams");
  for (const int time_ms : {options.header_timeout_ms, options.body_timeout_ms, options.idle_timeout_ms,
                            options.write_timeout_ms, options.drain_timeout_ms}) {
    require(time_ms >= 1 && time_ms <= 86'400'000, "time-out");
  }
}

}  // namespace

void run_server(const ServerOptions& options, Metrics& metrics, const CancelToken& stop,
                const std::function<std::unique_ptr<RequestHandler>()>& make_handler,
                const std::function<void(std::uint16_t)>& on_listening) {
  check(options);
  raise_file_limit(options.max_connections);
  Shared shared(options, metrics);
  std::vector<std::unique_ptr<Shard>> shards;
  for (std::size_t i = 0; i < thread_count(options.threads); ++i)
    shards.push_back(std::make_unique<Shard>(shared, make_handler()));
  Listener listener(shared, shards, stop);
  const std::uint16_t port = listener.listen();
  for (const auto& shard : shards) {
    shard->date = date_header();
    asio::co_spawn(shard->io, keep_time(*shard), asio::detached);
  }
  asio::co_spawn(shards.front()->io, listener.accept(), asio::detached);
  asio::co_spawn(shards.front()->io, listener.wait_for_stop(), asio::detached);
  if (on_listening) on_listening(port);
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < shards.size(); ++i) threads.emplace_back([&io = shards[i]->io] { io.run(); });
  shards.front()->io.run();
}

}  // namespace aisle::http
