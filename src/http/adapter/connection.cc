#include "http/adapter/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "core/error.h"
#include "core/ids.h"
#include "http/adapter/stream.h"
#include "http/problem.h"

namespace aisle::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Code = boost::system::error_code;

constexpr milliseconds kLinger{2000};     // for the peer to read our last answer
constexpr milliseconds kDrainGrace{500};  // for a request that is on its way when the server stops
constexpr std::size_t kMaxRequestIdBytes = 64;

bool is_sane_id(std::string_view id) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  return !id.empty() && id.size() <= kMaxRequestIdBytes && std::ranges::all_of(id, allowed);
}

Error framing_error(const Code& code, std::size_t max_header_bytes) {
  using Failure = beast::http::error;
  if (code == Failure::header_limit)
    return {ErrorCode::kHeadersTooLarge,
            "the request line and headers are larger than " + std::to_string(max_header_bytes) + " bytes"};
  if (code == Failure::bad_content_length)
    return {ErrorCode::kInvalidArgument, "the Content-Length is malformed, repeated, or beside a Transfer-Encoding"};
  if (code == Failure::bad_transfer_encoding)
    return {ErrorCode::kInvalidArgument,
            "the Transfer-Encoding is not one plain 'chunked', or beside a Content-Length"};
  if (code == Failure::bad_chunk || code == Failure::bad_chunk_extension)
    return {ErrorCode::kInvalidArgument, "the chunked body is malformed"};
  if (code == Failure::bad_version) return {ErrorCode::kInvalidArgument, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  return {ErrorCode::kInvalidArgument, "this is not an HTTP request that can be read: " + code.message()};
}

Error cut_error() {
  return {ErrorCode::kInvalidArgument, "the connection was closed before the request was complete"};
}

}  // namespace

Connection::Connection(tcp::socket socket, Shard& shard)
    : socket_(std::move(socket)), shard_(shard), options_(shard.shared.options), input_(options_.max_header_bytes) {
  Code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  shard_.connections.insert(this);
  shard_.shared.metrics.connections().add(1);
}

Connection::~Connection() {
  give_room();
  shard_.connections.erase(this);
  shard_.shared.metrics.connections().add(-1);
  shard_.shared.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::close() {
  Code ignored;
  socket_.close(ignored);
}

void Connection::tick(SteadyTime now) {
  if (now >= write_deadline_) return close();
  if (pending_) pending_->tick(now);
  if (now < read_deadline_) return;
  read_deadline_ = kNever;
  read_expired_ = true;
  Code ignored;
  socket_.cancel(ignored);  // a write under way is taken up again
}

void Connection::begin_drain(SteadyTime now) {
  if (idle_) read_deadline_ = std::min(read_deadline_, now + kDrainGrace);
}

asio::awaitable<void> Connection::run() {
  bool more = true;
  while (more) {
    std::exception_ptr failure;
    try {
      more = co_await serve_one();
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      co_await answer_failure(failure);
      more = may_keep_alive();
    }
  }
  co_await close_politely();
}

asio::awaitable<void> Connection::refuse() {
  started_ = steady_clock::now();
  framing_good_ = false;
  request_.request_id = new_id();
  shard_.shared.refused_connections.add();
  const auto failure = std::make_exception_ptr(
      Error(ErrorCode::kOverloaded, "the server has all the connections that it takes; try again in a second"));
  co_await answer_failure(failure);
  co_await close_politely();
}

// False: there is nothing more to answer on this connection.
asio::awaitable<bool> Connection::serve_one() {
  const bool got_head = co_await read_head();
  if (!got_head) co_return false;
  check_head();
  const BodyPlan plan = shard_.handler->plan(request_);
  if (plan.kind == BodyKind::kStream) {
    const bool more = co_await serve_stream();
    co_return more;
  }
  {
    const Permit permit(shard_.shared.in_flight, options_.max_in_flight, shard_.shared.refused_requests);
    co_await read_body(plan.max_bytes);
    shard_.handler->answer(request_, response_);
  }
  if (response_.pending) co_await await_answer();
  const bool sent = co_await send_response();
  co_return sent&& may_keep_alive();
}

asio::awaitable<bool> Connection::read_head() {
  request_.clear();
  response_.clear();
  if (room_bytes_ != 0) give_room();
  parser_.emplace(request_, options_.max_header_bytes);
  head_bytes_ = 0;
  framing_good_ = true;
  head_only_ = false;
  idle_ = !has_input();
  read_expired_ = false;
  started_ = steady_clock::now();
  read_deadline_ = started_ + milliseconds(idle_ ? (shard_.draining ? static_cast<int>(kDrainGrace.count())
                                                                    : options_.idle_timeout_ms)
                                                 : options_.header_timeout_ms);
  while (!parser_->is_header_done()) {
    if (has_input() && parse_some()) continue;
    const bool more = co_await fill();
    if (!more && idle_) co_return false;
    if (!more) throw cut_error();
    if (idle_) {
      idle_ = false;
      started_ = steady_clock::now();
      read_deadline_ = started_ + milliseconds(options_.header_timeout_ms);
    }
  }
  read_deadline_ = kNever;
  head_only_ = request_.method == "HEAD";
  co_return true;
}

// True when something was read. Bodies are appended to request_.body.
bool Connection::parse_some() {
  const bool head = !parser_->is_header_done();
  if (head && head_bytes_ == 0) {  // empty lines before a request are allowed (RFC 9112, 2.2)
    while (has_input() && (input_[begin_] == '\r' || input_[begin_] == '\n')) ++begin_;
    if (!has_input()) return false;
  }
  parser_->eager(!head);
  Code code;
  const std::size_t used = parser_->put(asio::const_buffer(input_.data() + begin_, end_ - begin_), code);
  begin_ += used;
  if (head) head_bytes_ += used;
  if (code == beast::http::error::need_more) {
    if (!head || head_bytes_ + (end_ - begin_) < options_.max_header_bytes) return false;
    code = beast::http::error::header_limit;
  }
  if (!code) return true;
  framing_good_ = false;
  throw framing_error(code, options_.max_header_bytes);
}

// Waits for more bytes; false at the end of the connection. kTimeout when the deadline passed.
asio::awaitable<bool> Connection::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == input_.size()) {
    std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  Code code;
  std::size_t count = 0;
  if (!read_expired_) {
    count = co_await socket_.async_read_some(asio::buffer(input_.data() + end_, input_.size() - end_),
                                             asio::redirect_error(asio::use_awaitable, code));
  }
  end_ += count;
  if (count > 0) co_return true;
  framing_good_ = false;
  if (read_expired_ && !idle_)
    throw Error(ErrorCode::kTimeout, "the request did not come in time; send its head within " +
                                         std::to_string(options_.header_timeout_ms / 1000) + " s and its body within " +
                                         std::to_string(options_.body_timeout_ms / 1000) + " s");
  co_return false;
}

void Connection::check_head() {
  if (!is_sane_id(request_.request_id)) request_.request_id = new_id();
  if (parser_->hosts() > 1 || (parser_->hosts() == 0 && parser_->version() >= 11)) {
    throw Error(ErrorCode::kInvalidArgument, "an HTTP/1.1 request has exactly one Host header");
  }
  split_target(request_);
}

asio::awaitable<void> Connection::continue_if_expected() {
  if (!parser_->expects_continue() || parser_->is_done() || has_input()) co_return;
  co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
}

asio::awaitable<void> Connection::read_body(std::size_t max_bytes) {
  const Error too_large(ErrorCode::kTooLarge,
                        "the body is larger than the " + std::to_string(max_bytes) + " bytes that are read here");
  const auto announced = parser_->content_length();
  if (announced && *announced > max_bytes) throw too_large;
  // A large body says its length before, so that there is room for it or it is refused.
  if (!announced) max_bytes = std::min(max_bytes, options_.max_body_bytes);
  if (parser_->is_done()) co_return;
  if (announced && *announced > options_.max_body_bytes) take_room(static_cast<std::size_t>(*announced));
  co_await continue_if_expected();
  if (announced) request_.body.reserve(static_cast<std::size_t>(*announced));
  read_deadline_ = steady_clock::now() + milliseconds(options_.body_timeout_ms);
  while (!parser_->is_done()) {
    if (has_input() && parse_some()) {
      if (request_.body.size() > max_bytes) throw too_large;
      continue;
    }
    if (request_.body.size() > max_bytes) throw too_large;
    const bool more = co_await fill();
    if (!more) throw cut_error();
  }
  read_deadline_ = kNever;
}

void Connection::take_room(std::size_t bytes) {
  room_bytes_ = bytes;
  if (shard_.shared.large_bodies_bytes.fetch_add(bytes) + bytes <= options_.max_large_bodies_bytes) return;
  give_room();
  shard_.shared.refused_requests.add();
  throw Error(ErrorCode::kOverloaded, "the server is busy with other large requests; try again in a second");
}

void Connection::give_room() {
  shard_.shared.large_bodies_bytes.fetch_sub(std::exchange(room_bytes_, 0));
}

void Connection::drop_body() {
  request_.body = std::string();
  if (room_bytes_ != 0) give_room();
}

bool Connection::may_keep_alive() const {
  return framing_good_ && parser_ && parser_->is_done() && parser_->keep_alive() && !shard_.draining &&
         socket_.is_open();
}

void Connection::append_head(std::string& out, bool chunked, std::size_t length) const {
  const bool keep = chunked ? parser_->keep_alive() && !shard_.draining : may_keep_alive();
  out += "HTTP/1.1 ";
  out += std::to_string(response_.status);
  out += ' ';
  out += reason_phrase(response_.status);
  out += "\r\n";
  out += shard_.date;
  if (!response_.content_type.empty()) (out += "Content-Type: ") += response_.content_type, out += "\r\n";
  if (chunked) {
    out += parser_->version() >= 11 ? "Transfer-Encoding: chunked\r\n" : "";
  } else if (response_.status != 204) {
    (out += "Content-Length: ") += std::to_string(length), out += "\r\n";
  }
  ((out += "Cache-Control: ") += response_.cache_control) += "\r\nX-Content-Type-Options: nosniff\r\n";
  ((out += "X-Request-Id: ") += request_.request_id) += "\r\n";
  for (const auto& [name, value] : response_.headers) (((out += name) += ": ") += value) += "\r\n";
  if (!keep || (chunked && parser_->version() < 11)) {
    out += "Connection: close\r\n";
  } else if (parser_->version() < 11) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

asio::awaitable<bool> Connection::send_response() {
  const std::string_view body = response_.bytes();
  output_.clear();
  append_head(output_, false, body.size());
  if (!head_only_) output_ += body;
  const bool sent = co_await write_all(output_);
  if (output_.capacity() > (64U << 10)) output_ = std::string();
  finish_request();
  co_return sent;
}

void Connection::finish_request() {
  const std::chrono::duration<double> took = steady_clock::now() - started_;
  shard_.handler->finished(request_, response_.status, took.count());
}

asio::awaitable<bool> Connection::write_all(std::string_view bytes) {
  bool sent = true;
  while (!bytes.empty() && sent) {
    Code code;
    std::size_t count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), code);
    if (code == asio::error::would_block) {
      write_deadline_ = steady_clock::now() + milliseconds(options_.write_timeout_ms);
      code = {};
      count = co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()),
                                                asio::redirect_error(asio::use_awaitable, code));
    }
    bytes.remove_prefix(count);
    sent = !code || (code == asio::error::operation_aborted && socket_.is_open());
  }
  write_deadline_ = kNever;
  co_return sent;
}

asio::awaitable<void> Connection::answer_failure(std::exception_ptr failure) {
  read_deadline_ = kNever;
  pending_.reset();
  const Error error = as_error(failure);
  if (!is_sane_id(request_.request_id)) request_.request_id = new_id();
  write_problem(error, request_.request_id, response_);
  // A small body that is here already is skipped, so that the connection can go on.
  try {
    request_.body.clear();
    while (framing_good_ && parser_ && parser_->is_header_done() && !parser_->is_done() && has_input() &&
           parse_some()) {
    }
  } catch (const Error&) {
    framing_good_ = false;
  }
  if (!parser_) parser_.emplace(request_, options_.max_header_bytes);
  co_await send_response();
}

// Our side ends; what the peer still sends is read and dropped for a while, or a reset could destroy our answer.
asio::awaitable<void> Connection::close_politely() {
  Code code;
  socket_.shutdown(tcp::socket::shutdown_send, code);
  const SteadyTime end = steady_clock::now() + (shard_.draining ? kDrainGrace : kLinger);
  read_deadline_ = end;
  read_expired_ = false;
  while (!code && !read_expired_ && steady_clock::now() < end) {
    co_await socket_.async_read_some(asio::buffer(input_), asio::redirect_error(asio::use_awaitable, code));
  }
  read_deadline_ = kNever;
  close();
}

}  // namespace aisle::http
