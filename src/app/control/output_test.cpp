#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control/client.h"
#include "app/control/server.h"
#include "app/output_file.h"

namespace cw::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

class Output : public testing::Test {
 protected:
  Output() {
    std::string name = testing::TempDir() + "cw-output-XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  ~Output() override { fs::remove_all(root_); }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(root_)) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }

  fs::path root_;
};

TEST_F(Output, TakesItsPlaceWhenItIsWholeAndLeavesNothingWhenItIsNot) {
  const fs::path file = root_ / "report.html";
  {
    auto given_up = OutputFile::open(file).value();
    ASSERT_TRUE(given_up.write("half"));
    EXPECT_FALSE(fs::exists(file));
  }
  EXPECT_THAT(names(), IsEmpty());
  std::ofstream{file} << "before";
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  {
    auto given_up = OutputFile::open(file).value();
    ASSERT_TRUE(given_up.write("half"));
  }
  EXPECT_EQ(text_of(file), "before");
  auto kept = OutputFile::open(file).value();
  ASSERT_TRUE(kept.write("after"));
  EXPECT_EQ(text_of(file), "before");
  ASSERT_TRUE(kept.keep());
  EXPECT_EQ(text_of(file), "after");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms{0640});
  EXPECT_EQ(names(), std::vector<std::string>{"report.html"});
}

TEST_F(Output, FollowsALinkAndWritesADeviceAsItIs) {
  std::ofstream{root_ / "real"} << "before";
  fs::create_symlink("real", root_ / "link");
  auto linked = OutputFile::open(root_ / "link").value();
  ASSERT_TRUE(linked.write("after"));
  ASSERT_TRUE(linked.keep());
  EXPECT_TRUE(fs::is_symlink(root_ / "link"));
  EXPECT_EQ(text_of(root_ / "real"), "after");
  auto nowhere = OutputFile::open("/dev/null").value();
  ASSERT_TRUE(nowhere.write("after"));
  EXPECT_TRUE(nowhere.keep());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Output, NamesThePathThatCanNotBeWritten) {
  const auto folder = OutputFile::open(root_ / "none" / "report.html");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Errc::not_found);
  EXPECT_THAT(folder.error().message, HasSubstr((root_ / "none" / "report.html").string()));
  EXPECT_THAT(OutputFile::open(root_).error().message, HasSubstr(root_.string()));
}

/// A terminal in a folder of its own.
class Terminal final : public Console {
 public:
  explicit Terminal(fs::path directory) : directory_(std::move(directory)) {}
  bool out(std::string_view text) override { return (out_ += text, true); }
  bool err(std::string_view text) override { return (err_ += text, true); }
  bool cancelled() const override { return false; }
  bool err_is_terminal() const override { return false; }
  int columns() const override { return 80; }
  const fs::path& working_directory() const override { return directory_; }
  Result<int> open_input(const std::string&) override { return fail(Errc::internal, "not asked for"); }
  Result<void> write_file(const std::string&, std::string_view) override {
    return fail(Errc::internal, "not asked for");
  }

  std::string out_, err_;

 private:
  fs::path directory_;
};

TEST_F(Output, IsWrittenByTheClientWhereTheServerMakesIt) {
  fs::create_directories(root_ / "data");
  fs::create_directories(root_ / "here");
  const DataFolder folder{root_ / "data"};
  NullLogger logger;
  const std::string large(3'000'000, 'x');
  auto server = ControlServer::start(
      folder,
      [&large](Console& console, const std::vector<std::string>&) {
        const std::pair<const char*, std::string_view> files[] = {
            {"a.html", "one"}, {"b.csv", large}, {"none/c.csv", "three"}, {"not-named", "four"}};
        for (const auto& [name, bytes] : files) {
          const auto written = console.write_file(name, bytes);
          console.err(written ? "good\n"
                              : std::string{code_name(written.error().code)} + ": " + written.error().message + '\n');
        }
        return 0;
      },
      logger);
  ASSERT_TRUE(server) << server.error().message;
  Terminal terminal{root_ / "here"};
  const auto code =
      run_at_holder(folder, {"backtest", "--report", "a.html", "--trades-csv=b.csv", "none/c.csv"}, terminal);
  ASSERT_TRUE(code && *code) << code.error().message;
  EXPECT_EQ(**code, 0);
  EXPECT_THAT(terminal.err_, testing::StartsWith("good\ngood\nnot_found: "));
  EXPECT_THAT(terminal.err_, HasSubstr("none/c.csv' could not be written"));
  EXPECT_THAT(terminal.err_, testing::EndsWith("internal: the command line does not name this file\n"));
  EXPECT_EQ(text_of(root_ / "here" / "a.html"), "one");
  EXPECT_EQ(text_of(root_ / "here" / "b.csv"), large);
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "here"), fs::directory_iterator{}), 2);
}

}  // namespace
}  // namespace cw::app
