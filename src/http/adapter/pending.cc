// Answers that others work at. While one is waited for, the thread serves other connections, and the socket is watched:
// for a client that is gone nothing need be computed.
#include <boost/asio/post.hpp>

#include "core/error.h"
#include "http/adapter/stream.h"

namespace aisle::http {

// To be called from any thread: wakes whoever waits on this connection, on its own. Not who waits for what comes after.
std::function<void()> Connection::waker() {
  return [&io = shard_.io, weak = weak_from_this(), wait = ++wait_] {
    asio::post(io, [weak, wait] {
      const auto self = weak.lock();
      if (!self || self->wait_ != wait) return;
      self->answered_ = true;
      if (self->woken_) self->woken_->wake();
      if (!self->stream_) return;
      self->stream_->filled.wake();
      self->stream_->emptied.wake();
    });
  };
}

asio::awaitable<void> Connection::await_answer() {
  if (!woken_) woken_ = std::make_unique<Signal>(shard_.io);
  while (response_.pending) {
    pending_ = std::move(response_.pending);
    answered_ = client_gone_ = false;
    pending_->start(waker());
    if (!pending_->reads_body()) drop_body();
    watch_client();
    while (!answered_ && !(client_gone_ && pending_->give_up())) co_await woken_->wait();
    boost::system::error_code ignored;
    socket_.cancel(ignored);  // the watch
    const auto pending = std::move(pending_);
    if (!answered_) throw Error(ErrorCode::kCancelled, "the client ended the connection before its item's turn");
    pending->finish(response_);
  }
}

// Sees the end of the client's side. What else it sends waits: then it is alive.
void Connection::watch_client() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& code) {
    if (!self->pending_ || (code && self->socket_.is_open())) return;
    char next = 0;
    boost::system::error_code gone;
    self->socket_.receive(asio::buffer(&next, 1), tcp::socket::message_peek, gone);
    if (!gone || gone == asio::error::would_block) return;
    self->client_gone_ = true;
    self->woken_->wake();
  });
}

}  // namespace aisle::http
