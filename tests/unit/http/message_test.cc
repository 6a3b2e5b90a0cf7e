#include "http/message.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/error.h"
#include "http/problem.h"
#include "http/spool.h"
#include "support/temporary_folder.h"

namespace aisle::http {
namespace {

TEST(Message, TargetsAreSplitAndDecoded) {
  Request request;
  request.target = "/tasks/%61pps+x?top=3&version=a%20b+c&top=4&flag&%zz=1";
  split_target(request);
  EXPECT_EQ(request.path, "/tasks/apps+x");
  std::string value;
  EXPECT_TRUE(request.query_value("top", value));
  EXPECT_EQ(value, "4");
  EXPECT_TRUE(request.query_value("version", value));
  EXPECT_EQ(value, "a b c");
  EXPECT_TRUE(request.query_value("flag", value));
  EXPECT_EQ(value, "");
  EXPECT_FALSE(request.query_value("none", value));
}

TEST(Message, BrokenEscapesAreRefused) {
  std::string out;
  for (const char* text : {"%", "%4", "%4g", "%00", "a%"}) EXPECT_FALSE(decode_percent(text, false, out)) << text;
  Request request;
  for (const char* target : {"", "x", "http://host/", "*", "/%zz"}) {
    request.target = target;
    EXPECT_THROW(split_target(request), Error) << target;
  }
}

TEST(Problem, IsADocumentOfRfc9457) {
  Response response;
  response.body = "half an answer";
  write_problem(Error(ErrorCode::kOverloaded, "too \"much\"", {{"a", "b"}, {"c", "\xff"}}), "id-1", response);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto problem = nlohmann::json::parse(response.body);
  EXPECT_EQ(problem, (nlohmann::json{{"type", "about:blank"},
                                     {"title", "Service Unavailable"},
                                     {"status", 503},
                                     {"detail", "too \"much\""},
                                     {"code", "overloaded"},
                                     {"context", {{"a", "b"}, {"c", "\xEF\xBF\xBD"}}},
                                     {"request_id", "id-1"}}));
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers.front().first, "Retry-After");
}

TEST(Problem, TellsNothingOfOurInside) {
  const Error error = as_error(std::make_exception_ptr(std::runtime_error("secret path")));
  EXPECT_EQ(error.code(), ErrorCode::kInternal);
  EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
}

TEST(Problem, EveryCodeHasAReasonPhrase) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const int status = error_traits(static_cast<ErrorCode>(code)).http_status;
    if (status == 499) continue;  // the command line's alone
    EXPECT_NE(reason_phrase(status), "Status") << status;
  }
}

TEST(Spool, GivesBackWhatItGotInOrderWithBoundedMemory) {
  const TemporaryFolder folder;
  Spool spool(folder.path());
  std::string wanted;
  std::string got;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 977), static_cast<char>('a' + i % 26));
    spool.append(piece);
    wanted += piece;
    if (i % 3 == 0) spool.take(static_cast<std::size_t>(i % 400), got);
    if (i % 1000 == 999) spool.take(1 << 30, got), spool.take(1 << 30, got);
    EXPECT_EQ(spool.size(), wanted.size() - got.size());
  }
  while (spool.take(5000, got) > 0) {
  }
  EXPECT_TRUE(got == wanted);
  EXPECT_EQ(spool.size(), 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));  // the file has no name
}

TEST(Spool, SaysWhereItCannotWrite) {
  Spool spool("/nowhere/at/all");
  EXPECT_THROW(spool.append(std::string(Spool::kMemoryBytes + 1, 'x')), Error);
}

}  // namespace
}  // namespace aisle::http
