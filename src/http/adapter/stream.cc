// Bodies that are answered while they come in. Two coroutines of one thread: pump() reads, transforms and puts the
// answers into a spool; write_stream() sends them. So a client may read as it sends, or send all before it reads.
#include "http/adapter/stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "core/error.h"
#include "http/problem.h"

namespace aisle::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kChunkBytes = 64 << 10;

}  // namespace

asio::awaitable<bool> Connection::serve_stream() {
  const Permit permit(shard_.shared.streams, options_.max_streams, shard_.shared.refused_requests);
  shard_.handler->answer(request_, response_);
  if (response_.pending) co_await await_answer();
  stream_ = std::make_unique<Stream>(shard_.io, options_);
  asio::co_spawn(shard_.io, write_stream(shared_from_this()), asio::detached);
  std::exception_ptr failure;
  try {
    response_.transform->start(waker());
    co_await pump();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {  // what was read of the body before is answered
    try {
      co_await await_answers();
    } catch (...) {
    }
  }
  read_deadline_ = kNever;
  const bool untouched = !stream_->head_sent && stream_->spool.size() == 0;
  if (failure) {
    stream_->broken_off = true;
    const Error error = as_error(failure);
    stream_->answers.clear();
    response_.transform->fail(error_traits(error.code()).name, error.what(), stream_->answers);
    if (!untouched) stream_->spool.append(stream_->answers);
  }
  stream_->complete = true;
  stream_->filled.wake();
  while (!stream_->writer_done) co_await stream_->emptied.wait();
  const bool failed = stream_->writer_failed;
  stream_.reset();
  if (failure && untouched) std::rethrow_exception(failure);  // the status can still tell
  finish_request();
  co_return !failure && !failed && may_keep_alive();
}

asio::awaitable<void> Connection::pump() {
  co_await continue_if_expected();
  while (!parser_->is_done()) {
    if (has_input() && parse_some()) {
      co_await push_answers();
      if (stream_->writer_failed) throw Error(ErrorCode::kIo, "the client does not read its answers");
      continue;
    }
    co_await push_answers();
    read_deadline_ = steady_clock::now() + milliseconds(options_.body_timeout_ms);
    const bool more = co_await fill();
    read_deadline_ = kNever;
    if (!more) throw Error(ErrorCode::kInvalidArgument, "the body broke off");
    // Who still sends is alive, though it may read only at the end.
    if (write_deadline_ != kNever) write_deadline_ = steady_clock::now() + milliseconds(options_.write_timeout_ms);
  }
  co_await push_answers();
  response_.transform->finish(stream_->answers);
  stream_->spool.append(stream_->answers);
  stream_->answers.clear();
  co_await await_answers();
}

// Of what has been read.
asio::awaitable<void> Connection::await_answers() {
  collect_answers();
  while (response_.transform->waits() && !stream_->writer_done) {
    co_await stream_->emptied.wait();
    collect_answers();
  }
}

void Connection::collect_answers() {
  response_.transform->collect(stream_->answers);
  stream_->spool.append(stream_->answers);
  stream_->answers.clear();
}

// Transforms what was read of the body and waits while too many answers wait to be sent.
asio::awaitable<void> Connection::push_answers() {
  std::string_view rest = request_.body;
  while (!rest.empty()) {
    const std::size_t read = response_.transform->consume(rest, stream_->answers);
    rest.remove_prefix(read);
    stream_->spool.append(stream_->answers);
    stream_->answers.clear();
    stream_->filled.wake();
    if (read == 0 && response_.transform->waits()) co_await stream_->emptied.wait();
    if (!rest.empty()) co_await asio::post(shard_.io, asio::use_awaitable);  // let the others in
    while (stream_->spool.size() > options_.max_waiting_answer_bytes && !stream_->writer_done)
      co_await stream_->emptied.wait();
    if (stream_->writer_done) break;
  }
  request_.body.clear();
}

// Sends until the stream is complete. The pump waits for its end, so `self` outlives both.
asio::awaitable<void> Connection::write_stream(std::shared_ptr<Connection> self) {
  bool sent = false;
  try {
    sent = co_await self->write_chunks();
  } catch (...) {  // the spool's disk; there is nobody to tell
  }
  self->stream_->writer_failed = !sent;
  self->stream_->writer_done = true;
  if (!sent) self->close();
  self->stream_->emptied.wake();
}

asio::awaitable<bool> Connection::write_chunks() {
  Stream& stream = *stream_;
  const bool chunked = parser_->version() >= 11;
  std::string piece;
  std::string out;
  bool sent = true;
  bool ended = false;
  while (sent && !ended) {
    while (stream.spool.size() == 0 && !stream.complete) {
      collect_answers();
      if (stream.spool.size() == 0) co_await stream.filled.wait();
    }
    piece.clear();
    stream.spool.take(kChunkBytes, piece);
    stream.emptied.wake();
    ended = stream.complete && stream.spool.size() == 0;
    if (ended && stream.broken_off && !stream.head_sent && piece.empty()) co_return true;
    out.clear();
    if (!stream.head_sent) append_head(out, true, 0);
    stream.head_sent = true;
    if (chunked && !piece.empty()) {
      std::array<char, 16> digits;
      out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr);
      ((out += "\r\n") += piece) += "\r\n";
    } else {
      out += piece;
    }
    if (ended && chunked && !stream.broken_off) out += "0\r\n\r\n";
    sent = co_await write_all(out);
    if (!ended) co_await asio::post(shard_.io, asio::use_awaitable);  // let the others in
  }
  co_return sent;
}

}  // namespace aisle::http
