#include "workflow/download.h"

#include <gtest/gtest.h>

#include "canned_server.h"
#include "core/error.h"
#include "core/files.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

const std::string kText = "the weights of a network";  // 24 bytes

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

std::string whole(const std::string& tag = "\"v1\"") {
  return answer("200 OK", "ETag: " + tag + "\r\nContent-Length: 24\r\n", kText);
}

// The connection breaks after ten bytes.
std::string cut() {
  return answer("200 OK", "ETag: \"v1\"\r\nContent-Length: 24\r\n", kText.substr(0, 10));
}

std::string rest() {
  return answer("206 Partial Content", "ETag: \"v1\"\r\nContent-Range: bytes 10-23/24\r\nContent-Length: 14\r\n",
                kText.substr(10));
}

class Downloads : public testing::Test {
 protected:
  void fetch(const std::string& url, const std::string& sha256 = "", std::uint64_t most_bytes = 1000) {
    download({.url = url, .file = file(), .sha256 = sha256, .most_bytes = most_bytes, .tries = 2}, progress_, cancel_);
  }
  Error refusal(const std::string& url, const std::string& sha256 = "", std::uint64_t most_bytes = 1000) {
    try {
      fetch(url, sha256, most_bytes);
    } catch (const Error& error) {
      return error;
    }
    return {ErrorCode::kInternal, url + " is fetched"};
  }
  std::filesystem::path file() const { return folder_.path() / "part"; }
  std::string text() const { return read_file(file(), 1000); }

  TemporaryFolder folder_;
  SilentProgress progress_;
  CancelToken cancel_;
};

TEST_F(Downloads, FetchesAFile) {
  const CannedServer server({whole()});
  fetch(server.url());
  EXPECT_EQ(text(), kText);
}

TEST_F(Downloads, GoesOnWhereTheConnectionBroke) {
  const CannedServer server({cut(), rest()});
  fetch(server.url());
  EXPECT_EQ(text(), kText);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].find("Range:"), std::string::npos);
  EXPECT_NE(server.requests()[1].find("Range: bytes=10-\r\n"), std::string::npos) << server.requests()[1];
  EXPECT_NE(server.requests()[1].find("If-Range: \"v1\"\r\n"), std::string::npos) << server.requests()[1];
}

// Keeps the events.
class Heard final : public Progress {
 public:
  void update(const ProgressEvent& event) override {
    EXPECT_EQ(event.stage, "downloading");
    EXPECT_EQ(event.unit, "bytes");
    counts.emplace_back(event.done, event.total);
  }
  void message(std::string_view text) override { messages.emplace_back(text); }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counts;
  std::vector<std::string> messages;
};

TEST_F(Downloads, TellsHowFarItIsAndThatItGoesOn) {
  const CannedServer server({cut(), rest()});
  Heard heard;
  download({.url = server.url(), .file = file(), .sha256 = "", .most_bytes = 1000, .tries = 2}, heard, cancel_);
  ASSERT_FALSE(heard.counts.empty());
  EXPECT_EQ(heard.counts.back(), (std::pair<std::uint64_t, std::uint64_t>(24, 24)));
  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_NE(heard.messages[0].find("the download stopped"), std::string::npos) << heard.messages[0];
}

TEST_F(Downloads, GoesOnInALaterRun) {
  {
    const CannedServer server({cut(), answer("503 Busy", "Content-Length: 0\r\n", "")});
    EXPECT_EQ(refusal(server.url()).code(), ErrorCode::kIo);
  }
  const CannedServer server({rest()});
  fetch(server.url());
  EXPECT_EQ(text(), kText);
}

TEST_F(Downloads, RefusesAnotherPartThanItAskedFor) {
  const CannedServer server(
      {cut(),
       answer("206 Partial Content", "Content-Range: bytes 11-23/24\r\nContent-Length: 13\r\n", kText.substr(11))});
  EXPECT_EQ(refusal(server.url()).code(), ErrorCode::kIo);
}

TEST_F(Downloads, StartsAgainWhereTheServerHasAnotherFileNow) {
  const CannedServer server({cut(), answer("200 OK", "ETag: \"v2\"\r\nContent-Length: 5\r\n", "other")});
  fetch(server.url());
  EXPECT_EQ(text(), "other");
}

TEST_F(Downloads, StartsAgainWhereTheServerDoesNotNameItsVersions) {
  const CannedServer server({answer("200 OK", "Content-Length: 24\r\n", kText.substr(0, 10)), whole()});
  fetch(server.url());
  EXPECT_EQ(text(), kText);
  EXPECT_EQ(server.requests().at(1).find("Range:"), std::string::npos);
}

TEST_F(Downloads, RefusesWhatIsTooLargeBySizeAndByCount) {
  const CannedServer said({whole()});
  EXPECT_EQ(refusal(said.url(), "", 23).code(), ErrorCode::kTooLarge);
  const CannedServer unsaid({answer("200 OK", "", kText)});
  EXPECT_EQ(refusal(unsaid.url(), "", 23).code(), ErrorCode::kTooLarge);
}

TEST_F(Downloads, SaysWhatTheServerAnswered) {
  const CannedServer missing({answer("404 Not Found", "Content-Length: 0\r\n", "")});
  EXPECT_EQ(refusal(missing.url()).code(), ErrorCode::kNotFound);
  const CannedServer forbidden({answer("403 Forbidden", "Content-Length: 0\r\n", "")});
  EXPECT_NE(std::string(refusal(forbidden.url()).what()).find("403"), std::string::npos);
  const std::string busy = answer("503 Busy", "Content-Length: 0\r\n", "");
  const CannedServer twice({busy, busy, whole()});
  EXPECT_NE(std::string(refusal(twice.url()).what()).find("503"), std::string::npos);
  EXPECT_EQ(twice.requests().size(), 2U);
}

TEST_F(Downloads, FollowsFiveRedirectionsAndNeverOneToAFile) {
  const std::string again = answer("302 Found", "Location: /file\r\nContent-Length: 0\r\n", "");
  const CannedServer endless(std::vector<std::string>(8, again));
  EXPECT_EQ(refusal(endless.url()).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(endless.requests().size(), 6U);
  const CannedServer out({answer("302 Found", "Location: file:///etc/passwd\r\nContent-Length: 0\r\n", "")});
  EXPECT_EQ(refusal(out.url()).code(), ErrorCode::kInvalidArgument);
  const CannedServer twice({again, whole()});
  fetch(twice.url());
  EXPECT_EQ(text(), kText);
}

TEST_F(Downloads, ChecksTheSumAndKeepsNothingThatIsWrong) {
  const CannedServer server({whole(), whole()});
  const Error error = refusal(server.url(), std::string(64, 'a'));
  EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(file()));
  // printf 'the weights of a network' | sha256sum
  fetch(server.url(), "6abbc9904bf5e8dbb3ef1f662f637b7ea7ae4765ac55b9f3ad36358bfc84f7c9");
  EXPECT_EQ(text(), kText);
}

TEST_F(Downloads, TakesTheLocalFileOfAUrl) {
  write_file_atomically(folder_.path() / "here", kText);
  fetch("file://" + (folder_.path() / "here").string());
  EXPECT_EQ(text(), kText);
  EXPECT_EQ(refusal("file://" + (folder_.path() / "nothing").string()).code(), ErrorCode::kNotFound);
}

TEST_F(Downloads, KnowsNoOtherProtocols) {
  for (const char* url : {"ftp://a/b", "gopher://a", "dict://a", "scp://a/b", "HTTP+x://a"})
    EXPECT_EQ(refusal(url).code(), ErrorCode::kInvalidArgument) << url;
}

TEST_F(Downloads, StopsWhenAsked) {
  const CannedServer server({whole()});
  cancel_.cancel();
  EXPECT_EQ(refusal(server.url()).code(), ErrorCode::kCancelled);
}

TEST(Url, IsToldFromAFolder) {
  EXPECT_TRUE(is_url("https://a/b"));
  EXPECT_TRUE(is_url("ftp://a/b"));
  for (const char* path : {"", "a", "/a/b", "://a", "a b://c", "C:/x"}) EXPECT_FALSE(is_url(path)) << path;
}

}  // namespace
}  // namespace aisle
