// The least that a Boost.Beast server can do: one thread, keep-alive, one fixed JSON answer to every request.
// The measure for `aisle serve` in serving.py. usage: bare_beast PORT ANSWER_BYTES

#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

// A JSON object of exactly `size_bytes` bytes (at least 11).
std::string answer_of_size(std::size_t size_bytes) {
  const std::string head = R"({"text":")";
  const std::string tail = "\"}";
  const std::size_t frame_bytes = head.size() + tail.size();
  return head + std::string(size_bytes > frame_bytes ? size_bytes - frame_bytes : 0, 'x') + tail;
}

// One connection; lives as long as an operation on it is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const std::string& answer) : stream_(std::move(socket)), answer_(answer) {
    stream_.socket().set_option(tcp::no_delay(true));
  }

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->write();
    });
  }

 private:
  void write() {
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = answer_;
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error && self->request_.keep_alive()) self->read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  const std::string& answer_;
};

void accept_next(tcp::acceptor& acceptor, const std::string& answer) {
  acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
    if (!error) std::make_shared<Session>(std::move(socket), answer)->read();
    accept_next(acceptor, answer);
  });
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: bare_beast PORT ANSWER_BYTES\n";
    return 2;
  }
  const auto port = static_cast<unsigned short>(std::stoul(argv[1]));
  const std::string answer = answer_of_size(std::stoul(argv[2]));
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), port});
  accept_next(acceptor, answer);
  context.run();
} catch (const std::exception& error) {
  std::cerr << "bare_beast: " << error.what() << '\n';
  return 1;
}
