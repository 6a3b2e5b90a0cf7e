#include "core/config.h"

#include <toml++/toml.h>

#include <functional>
#include <map>

#include "core/error.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxListLength = 1000;

// Where a value stands, for errors.
struct Place {
  const std::string& file;
  std::string key;
};

[[noreturn]] void fail(const Place& place, const toml::source_region& source, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, what,
              {{"file", place.file}, {"line", std::to_string(source.begin.line)}, {"key", place.key}});
}

using Reader = std::function<void(const Place&, const toml::node&)>;
using Readers = std::map<std::string, Reader, std::less<>>;

Reader whole_number(std::int64_t& target, std::int64_t low, std::int64_t high) {
  return [=, &target](const Place& place, const toml::node& node) {
    const auto value = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
    if (!value || *value < low || *value > high) {
      fail(place, node.source(),
           "'" + place.key + "' must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    target = *value;
  };
}

Reader text(std::string& target) {
  return [&target](const Place& place, const toml::node& node) {
    const auto value = node.is_string() ? node.value<std::string>() : std::nullopt;
    if (!value || value->empty()) fail(place, node.source(), "'" + place.key + "' must be a text in quotes, not empty");
    target = *value;
  };
}

Reader texts(std::vector<std::string>& target) {
  return [&target](const Place& place, const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr || array->size() > kMaxListLength)
      fail(place, node.source(), "'" + place.key + "' must be a list of at most 1000 texts: [\"a\", \"b\"]");
    target.clear();
    for (const toml::node& part : *array) text(target.emplace_back())(place, part);
  };
}

Reader table(Readers readers);

void read_table(const std::string& file, const std::string& prefix, const toml::table& table, const Readers& readers) {
  for (const auto& [key, node] : table) {
    const Place place{file, prefix + std::string(key.str())};
    const auto reader = readers.find(key.str());
    if (reader != readers.end()) {
      reader->second(place, node);
      continue;
    }
    std::string known;
    for (const auto& [name, unused] : readers) known += (known.empty() ? "" : ", ") + name;
    fail(place, key.source(),
         "'" + place.key + "' is not a key of " + (prefix.empty() ? "aisle.toml" : "this table") + "; known are " +
             known);
  }
}

Reader table(Readers readers) {
  return [readers = std::move(readers)](const Place& place, const toml::node& node) {
    if (!node.is_table()) fail(place, node.source(), "'" + place.key + "' must be a table: [" + place.key + "]");
    read_table(place.file, place.key + ".", *node.as_table(), readers);
  };
}

// Every key that there is. A new one is a line here, in the header and in default_config_text().
Readers all_readers(Config& config) {
  constexpr std::int64_t kMaxBytes = std::int64_t{1} << 32;
  return {
      {"format", whole_number(config.format, 1, 1'000'000)},
      {"server", table({
                     {"host", text(config.server.host)},
                     {"port", whole_number(config.server.port, 0, 65535)},
                     {"max_body_bytes", whole_number(config.server.max_body_bytes, 1024, kMaxBytes)},
                     {"max_picture_body_bytes", whole_number(config.server.max_picture_body_bytes, 1024, kMaxBytes)},
                     {"max_header_bytes", whole_number(config.server.max_header_bytes, 1024, 1 << 20)},
                     {"max_connections", whole_number(config.server.max_connections, 1, 100'000)},
                     {"request_timeout_ms", whole_number(config.server.request_timeout_ms, 100, 3'600'000)},
                     {"answer_timeout_ms", whole_number(config.server.answer_timeout_ms, 100, 3'600'000)},
                     {"max_queue", whole_number(config.server.max_queue, 1, 100'000)},
                     {"batch_wait_ms", whole_number(config.server.batch_wait_ms, 0, 1000)},
                 })},
      {"data", table({
                   {"region", text(config.data.region)},
                   {"expected_languages", texts(config.data.expected_languages)},
               })},
      {"features", table({{"cache_mb", whole_number(config.features.cache_mb, 1, 1 << 24)}})},
      {"personal_data", table({{"patterns", texts(config.personal_data.patterns)}})},
  };
}

toml::table parse(std::string_view text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorCode::kInvalidArgument, std::string(error.description()),
                {{"file", file}, {"line", std::to_string(error.source().begin.line)}});
  }
}

}  // namespace

Config parse_config(std::string_view text, const std::string& file) {
  const toml::table root = parse(text, file);
  Config config;
  // The format first: a newer one may have keys that are not known here.
  if (const auto format = root["format"].value<std::int64_t>(); format && *format > kWorkspaceFormat) {
    throw Error(ErrorCode::kUnsupported,
                "the workspace has format " + std::to_string(*format) + ", this program knows " +
                    std::to_string(kWorkspaceFormat) + "; use a newer program",
                {{"file", file}});
  }
  read_table(file, "", root, all_readers(config));
  return config;
}

std::string default_config_text() {
  return R"(# Settings of this Aisle workspace. Lines that are left out have the values shown here.

format = 1                      # of the workspace; written by the program

[server]
host = "127.0.0.1"              # "0.0.0.0" lets other machines in: put TLS in front then
port = 8080
max_body_bytes = 1048576        # larger requests are answered with 413
max_picture_body_bytes = 16777216  # the same for tasks with pictures
max_header_bytes = 16384        # larger headers with 431
max_connections = 1024          # more are answered with 503
request_timeout_ms = 30000      # for a whole request to come in
answer_timeout_ms = 5000        # an item that waits longer for a network is answered with 503
max_queue = 256                 # items that wait for one network; more are answered with 503
batch_wait_ms = 1               # how long a busy network waits for further items that it answers together

[data]
region = "FR"                   # telephone numbers are read as this country writes them
expected_languages = []         # such as ["fr", "en"]: texts in others are reported; empty: any

[personal_data]
patterns = []                   # regular expressions (RE2): what they match is removed, besides e-mails and telephone numbers

[features]
cache_mb = 2048                 # what pretrained networks computed is kept in features.db up to this size, in megabytes
)";
}

}  // namespace aisle
