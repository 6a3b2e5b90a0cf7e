// aisle.toml: what a team sets for one workspace. Every key has a default; a key that is not known, a wrong type and a
// value out of range are errors that name the line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

struct ServerConfig {
  std::string host = "127.0.0.1";
  std::int64_t port = 8080;
  std::int64_t max_body_bytes = 1 << 20;
  std::int64_t max_picture_body_bytes = 16 << 20;
  std::int64_t max_header_bytes = 16 << 10;
  std::int64_t max_connections = 1024;
  std::int64_t request_timeout_ms = 30'000;
  std::int64_t answer_timeout_ms = 5'000;  // what waits longer for a network is refused
  std::int64_t max_queue = 256;            // items that wait for one network
  std::int64_t batch_wait_ms = 1;          // for further items, where a network is busy
  friend bool operator==(const ServerConfig&, const ServerConfig&) = default;
};

struct DataConfig {
  std::string region = "FR";                    // ISO 3166; telephone numbers are read as this country writes them
  std::vector<std::string> expected_languages;  // ISO 639-1; empty: any
  friend bool operator==(const DataConfig&, const DataConfig&) = default;
};

struct PersonalDataConfig {
  std::vector<std::string> patterns;  // RE2; what they match is removed from texts before they are stored
  friend bool operator==(const PersonalDataConfig&, const PersonalDataConfig&) = default;
};

struct FeaturesConfig {
  std::int64_t cache_mb = 2048;  // what frozen networks computed is kept up to this size
  friend bool operator==(const FeaturesConfig&, const FeaturesConfig&) = default;
};

struct Config {
  std::int64_t format = 1;  // of the workspace
  ServerConfig server;
  DataConfig data;
  PersonalDataConfig personal_data;
  FeaturesConfig features;
  friend bool operator==(const Config&, const Config&) = default;
};

// The version of the workspace's format that this program makes and reads.
inline constexpr std::int64_t kWorkspaceFormat = 1;

// `file` is named in errors. kInvalidArgument with file and line; kUnsupported when `format` is newer.
Config parse_config(std::string_view text, const std::string& file);

// What `aisle init` writes: every key with its default and what it is for.
std::string default_config_text();

}  // namespace aisle
