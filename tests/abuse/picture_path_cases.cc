// What data files may say in `image`: nothing that leads out of their folder, and nothing that blocks.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "abuse/guarded_case.h"
#include "abuse/read_case.h"
#include "domain/limits.h"
#include "support/temporary_folder.h"

namespace aisle::abuse {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

void make_socket(const fs::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
}

// A shop's folder, and beside it what nobody may see.
void make_places(const fs::path& root) {
  const fs::path shop = root / "shop";
  fs::create_directories(shop / "pictures" / "empty");
  std::ofstream(root / "secret.png") << "secret";
  std::ofstream(shop / "good.png") << "picture";
  std::ofstream(shop / "pictures" / "inner.png") << "picture";
  ASSERT_EQ(::mkfifo((shop / "pipe.png").c_str(), 0600), 0);
  make_socket(shop / "socket.png");
  fs::create_symlink(root / "secret.png", shop / "link_out.png");
  fs::create_symlink("../secret.png", shop / "link_up.png");
  fs::create_symlink("/etc", shop / "link_folder");
  fs::create_symlink("/dev/zero", shop / "link_zero.png");
  fs::create_symlink("pipe.png", shop / "link_pipe.png");
  fs::create_symlink("loop.png", shop / "loop.png");
  fs::create_symlink("gone.png", shop / "dangling.png");
  std::ofstream(shop / "empty.png").close();
  std::ofstream(shop / "huge.png").close();
  fs::resize_file(shop / "huge.png", limits::kPictureBytes + 1);
  std::ofstream(shop / "vast.png").close();
  fs::resize_file(shop / "vast.png", std::uintmax_t{1} << 40);
}

std::vector<std::string> hostile_names(const fs::path& root) {
  std::vector<std::string> names = {"..",
                                    ".",
                                    "/",
                                    "//",
                                    "../secret.png",
                                    "pictures/../../secret.png",
                                    "./../secret.png",
                                    "pictures/./../../shop/../secret.png",
                                    "../shop/../secret.png",
                                    "/etc/passwd",
                                    "/etc/shadow",
                                    "//etc/passwd",
                                    "/dev/zero",
                                    "/dev/random",
                                    "/dev/stdin",
                                    "/dev/null",
                                    "/proc/self/environ",
                                    "/proc/self/mem",
                                    "/proc/self/fd/0",
                                    "/sys/kernel",
                                    "pipe.png",
                                    "socket.png",
                                    "link_out.png",
                                    "link_up.png",
                                    "link_folder/passwd",
                                    "link_zero.png",
                                    "link_pipe.png",
                                    "loop.png",
                                    "loop.png/x",
                                    "dangling.png",
                                    "huge.png",
                                    "vast.png",
                                    "empty.png",
                                    "pictures",
                                    "pictures/",
                                    "pictures/empty",
                                    "missing.png",
                                    "good.png/",
                                    "good.png/..",
                                    "good.png/x",
                                    "good.png/../../secret.png",
                                    "..\\secret.png",
                                    "C:\\windows\\win.ini",
                                    "file:///etc/passwd",
                                    "http://127.0.0.1/x.png",
                                    "data:image/png;base64,AAAA",
                                    "~/.ssh/id_rsa",
                                    "$HOME/x.png",
                                    "`id`.png",
                                    "$(id).png",
                                    "|id",
                                    "-",
                                    "--help",
                                    "*",
                                    "?",
                                    "good.png\n",
                                    " good.png",
                                    "good.png ",
                                    "GOOD.PNG\t",
                                    "good.png\0.jpg"s,
                                    "\0"s,
                                    "good\xC2\xA0.png",
                                    "..%2fsecret.png",
                                    "%2e%2e/secret.png",
                                    ".../secret.png",
                                    "....//secret.png",
                                    std::string(255, 'n'),
                                    std::string(256, 'n'),
                                    std::string(4001, 'n'),
                                    std::string(100'000, 'n'),
                                    std::string(3999, '/'),
                                    "\x01",
                                    "\xEF\xBB\xBF"
                                    "good.png"};
  std::string deep, up;
  for (int i = 0; i < 900; ++i) deep += "d/";
  for (int i = 0; i < 900; ++i) up += "../";
  names.push_back(deep + "x.png");
  names.push_back(up + "etc/passwd");
  names.push_back((root / "secret.png").string());
  names.push_back(
      (root / "shop" / "good.png").string());  // inside, but absolute: only an allowed folder makes it readable
  return names;
}

void expect_refused(const std::string& name, const fs::path& root, bool reads) {
  const std::string line = nlohmann::json({{"id", "bad"}, {"title", "shoe"}, {"image", name}}).dump() + "\n";
  const std::string good = R"({"id":"good","title":"shoe","image":"good.png"})"
                           "\n";
  const std::string text = good + line + good;
  ReadOptions options;
  options.pictures = reads ? PictureUse::kRead : PictureUse::kFind;
  const std::string file = (root / "shop" / kFileName).string();
  const auto reader = open_items(bytes_of(text), Format::kJsonl, file, picture_task(), options);
  ReadResult result;
  for (int row = 1; row <= 3; ++row) {
    ASSERT_TRUE(reader->next(result));
    if (row != 2) {
      EXPECT_FALSE(result.rejected());
      continue;
    }
    ASSERT_TRUE(result.rejected()) << "reads " << result.picture_path;
    const Problem& problem = result.problems.front();
    EXPECT_EQ(problem.column, "image");
    EXPECT_EQ(problem.file, file);
    EXPECT_EQ(problem.row, 2);
    EXPECT_EQ(problem.message.find("secret.png' is"), std::string::npos);
    EXPECT_TRUE(result.picture.empty());
    EXPECT_LE(problem.message.size(), 4096U);
  }
  EXPECT_FALSE(reader->next(result));
}

}  // namespace

void add_picture_path_cases() {
  const std::vector<std::string> names = hostile_names("/x");
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const bool reads : {true, false}) {
      // Sizes are looked at when the bytes are read.
      if (!reads && (names[i] == "huge.png" || names[i] == "vast.png")) continue;
      const std::string name = "image_" + std::to_string(i) + (reads ? "" : "_path_only");
      add_case("PicturePath", name, [i, name, reads] {
        const TemporaryFolder folder;
        make_places(folder.path());
        const std::string image = hostile_names(folder.path())[i];
        SCOPED_TRACE(image.substr(0, 100));
        run_guarded(name, {}, [&] { expect_refused(image, folder.path(), reads); });
      });
    }
  }
}

}  // namespace aisle::abuse
