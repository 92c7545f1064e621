#include "app/data_folder.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cw::app {
namespace {

using testing::HasSubstr;

class Folder : public testing::Test {
 protected:
  Folder() {
    std::string name = testing::TempDir() + "cw-folder-XXXXXX";
    folder_ = {::mkdtemp(name.data())};
  }
  ~Folder() override { std::filesystem::remove_all(folder_.root); }

  DataFolder folder_;
};

TEST_F(Folder, OneThatIsMissingIsMadeForItsOwnerAlone) {
  const DataFolder deep{folder_.root / "a" / "b"};
  const auto missing = find_data_folder(deep);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr(deep.root.string() + " does not exist"));
  EXPECT_FALSE(std::filesystem::exists(folder_.root / "a"));
  ASSERT_TRUE(make_data_folder(deep));
  EXPECT_TRUE(find_data_folder(deep));
  struct stat info{};
  ASSERT_EQ(::stat(deep.root.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST_F(Folder, OneThatIsThereKeepsItsMode) {
  ASSERT_EQ(::chmod(folder_.root.c_str(), 0755), 0);
  ASSERT_TRUE(make_data_folder(folder_));
  struct stat info{};
  ASSERT_EQ(::stat(folder_.root.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0755U);
}

TEST_F(Folder, AFileInItsPlaceIsAnErrorThatNamesIt) {
  const DataFolder file{folder_.root / "file"};
  std::ofstream{file.root} << "x";
  for (const auto& tried : {make_data_folder(file), find_data_folder(file)}) {
    ASSERT_FALSE(tried);
    EXPECT_EQ(tried.error().code, Errc::io_error);
    EXPECT_THAT(tried.error().message, HasSubstr(file.root.string()));
  }
}

TEST_F(Folder, ALockHasOneHolderWhoseNameStandsInIt) {
  {
    const auto held = FolderLock::try_take(folder_, "serve");
    ASSERT_TRUE(held && *held);
    const auto second = FolderLock::try_take(folder_, "import");
    ASSERT_TRUE(second);
    EXPECT_FALSE(*second);
    const auto owner = FolderLock::owner(folder_);
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->process_id, ::getpid());
    EXPECT_EQ(owner->what, "serve");
    EXPECT_THAT(folder_is_held(folder_).message,
                HasSubstr("process " + std::to_string(::getpid()) + " (candlewick serve)"));
  }
  const auto freed = FolderLock::try_take(folder_, "import");
  ASSERT_TRUE(freed && *freed);
  EXPECT_EQ(FolderLock::owner(folder_)->what, "import");
}

TEST_F(Folder, ALockThatMovesStaysHeldOnce) {
  auto first = FolderLock::try_take(folder_, "serve");
  ASSERT_TRUE(first && *first);
  FolderLock moved = std::move(**first);
  first->reset();
  EXPECT_FALSE(*FolderLock::try_take(folder_, "import"));
  const DataFolder other{folder_.root / "other"};
  ASSERT_TRUE(make_data_folder(other));
  auto second = FolderLock::try_take(other, "serve");
  ASSERT_TRUE(second && *second);
  moved = std::move(**second);  // lets go of the first folder
  EXPECT_TRUE(*FolderLock::try_take(folder_, "import"));
  EXPECT_FALSE(*FolderLock::try_take(other, "import"));
}

TEST_F(Folder, ALockIsFreedByTheEndOfItsProcessHoweverItEnds) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FolderLock::try_take(folder_, "serve");
    [[maybe_unused]] const auto told = ::write(ready[1], held && *held ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_FALSE(*FolderLock::try_take(folder_, "import"));
  EXPECT_EQ(FolderLock::owner(folder_)->process_id, child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(*FolderLock::try_take(folder_, "import"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(Folder, WhatStandsInALockFileIsNotTrusted) {
  EXPECT_FALSE(FolderLock::owner(folder_));
  for (const char* text : {"", "serve", "x\nserve\n", "12", "\n\n"}) {
    std::ofstream{folder_.lock()} << text;
    EXPECT_FALSE(FolderLock::owner(folder_)) << text;
  }
  EXPECT_THAT(folder_is_held(folder_).message, HasSubstr("another process"));
  std::ofstream{folder_.lock()} << "12\nserve";
  EXPECT_EQ(FolderLock::owner(folder_)->what, "serve");
}

TEST_F(Folder, ALockThatCannotBeMadeNamesItsPath) {
  const DataFolder missing{folder_.root / "none"};
  const auto taken = FolderLock::try_take(missing, "serve");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::io_error);
  EXPECT_THAT(taken.error().message, HasSubstr(missing.lock().string()));
}

}  // namespace
}  // namespace cw::app
