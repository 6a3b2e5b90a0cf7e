#include "cli/run.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "cli/session.h"
#include "core/error.h"
#include "support/temporary_folder.h"

namespace aisle {
namespace {

struct Answer {
  int status;
  std::string out;
};

Answer run(std::vector<const char*> words) {
  words.insert(words.begin(), "aisle");
  std::ostringstream out;
  const CancelToken cancel;
  const CliHooks hooks{[](Context&, const ServeRequest&) {}, cancel};
  const int status = run_command_line(static_cast<int>(words.size()), words.data(), out, hooks);
  return {status, out.str()};
}

TEST(CommandLine, F2_HelpTeachesAndExitsZero) {
  const Answer help = run({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.out.find("aisle train --task products"), std::string::npos);
  EXPECT_NE(run({"train", "--help"}).out.find("Keys of --set"), std::string::npos);
}

TEST(CommandLine, F2_WrongUsageExitsTwoAndIsJsonOnRequest) {
  EXPECT_EQ(run({"nonsense"}).status, 2);
  const Answer answer = run({"train", "--json"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_EQ(nlohmann::json::parse(answer.out)["error"]["code"], "usage");
}

TEST(CommandLine, F2_GlobalOptionsStandBeforeOrAfterTheCommand) {
  const TemporaryFolder folder;
  const std::string workspace = (folder.path() / "w").string();
  EXPECT_EQ(run({"init", workspace.c_str(), "--quiet"}).status, 0);
  EXPECT_EQ(run({"--json", "--workspace", workspace.c_str(), "task", "list"}).out,
            run({"task", "list", "--workspace", workspace.c_str(), "--json"}).out);
}

TEST(Pairs, AreNameAndValueAtTheFirstEqualsSign) {
  EXPECT_EQ(parse_pairs("--field", {"title=a=b", "body="}), (Parameters{{"title", "a=b"}, {"body", ""}}));
  EXPECT_THROW(parse_pairs("--field", {"=x"}), Error);
  EXPECT_THROW(parse_pairs("--field", {"title"}), Error);
}

}  // namespace
}  // namespace aisle
