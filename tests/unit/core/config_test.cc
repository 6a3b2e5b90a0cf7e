#include "core/config.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse_config(text, "aisle.toml");
  } catch (const Error& error) {
    return std::string(error_traits(error.code()).name) + ": " + describe(error);
  }
  return "";
}

TEST(Config, TheFileThatInitWritesHoldsTheDefaults) {
  EXPECT_EQ(parse_config(default_config_text(), "aisle.toml"), Config{});
  EXPECT_EQ(parse_config("", "aisle.toml"), Config{});
}

TEST(Config, ReadsEveryKey) {
  const Config config = parse_config(R"(
format = 1
[server]
host = "0.0.0.0"
port = 9000
max_body_bytes = 2048
max_header_bytes = 4096
max_connections = 7
max_picture_body_bytes = 8192
request_timeout_ms = 500
answer_timeout_ms = 600
max_queue = 8
batch_wait_ms = 3
[data]
region = "BE"
expected_languages = ["fr", "nl"]
[personal_data]
patterns = ['\d{4}']
)",
                                     "aisle.toml");
  EXPECT_EQ(config.server, (ServerConfig{"0.0.0.0", 9000, 2048, 8192, 4096, 7, 500, 600, 8, 3}));
  EXPECT_EQ(config.data, (DataConfig{"BE", {"fr", "nl"}}));
  EXPECT_EQ(config.personal_data.patterns, std::vector<std::string>{R"(\d{4})"});
}

TEST(Config, NamesTheLineAndKeyOfAMistake) {
  const auto expect = [](const std::string& text, const std::string& part, const std::string& line) {
    const std::string error = error_of(text);
    EXPECT_TRUE(error.starts_with("invalid_argument: ")) << error;
    EXPECT_NE(error.find(part), std::string::npos) << error;
    EXPECT_NE(error.find("line " + line), std::string::npos) << error;
  };
  expect("format = 1\nsever = 2\n", "'sever' is not a key", "2");
  expect("[server]\nport = \"80\"\n", "'server.port' must be a whole number", "2");
  expect("[server]\nport = 65536\n", "from 0 to 65535", "2");
  expect("[server]\nport = 80.5\n", "'server.port'", "2");
  expect("[server]\nhost = 5\n", "'server.host' must be a text", "2");
  expect("\n\n[data]\nexpected_languages = [\"fr\", 5]\n", "'data.expected_languages'", "4");
  expect("server = 5\n", "'server' must be a table", "1");
  expect("[server\n", "", "1");
  expect("[server]\nport = 1\nport = 2\n", "", "3");
}

TEST(Config, ANewerFormatIsRefusedBeforeItsKeysAre) {
  const std::string error = error_of("format = 2\n[novelty]\na = 1\n");
  EXPECT_TRUE(error.starts_with("unsupported: ")) << error;
}

}  // namespace
}  // namespace aisle
