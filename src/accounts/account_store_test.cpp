#include "accounts/account_store.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"
#include "accounts/api_keys.h"

namespace cw::accounts {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using testing::fault;
using testing::kPassword;
using testing::Story;

const std::string kAda = "ada@example.org";

/// No file of the process grows beyond the largest one of a folder: what a database meets on a full disk.
class NoRoom {
 public:
  explicit NoRoom(const std::filesystem::path& folder) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit tight = before_;
    tight.rlim_cur = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
      tight.rlim_cur = std::max<rlim_t>(tight.rlim_cur, entry.file_size());
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

/// The folder as a killed process leaves it, in another place: what was written is there, nothing was closed.
void copy_as_killed(const Story& from, Story& to) {
  to.close();
  for (const char* name : {"core.db", "core.db-wal", "secret.key"}) {
    std::filesystem::remove(to.folder / name);
    if (std::filesystem::exists(from.folder / name)) std::filesystem::copy_file(from.folder / name, to.folder / name);
  }
  to.open();
}

TEST(AccountStore, KeepsEverythingOverARestart) {
  Story story;
  story.add_admin("boss@example.org");
  const UserPtr ada = story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  const SignedIn ended = story.sign_in(kAda);
  const auto key = create_api_key(*story.accounts, story.visitor, story.who(given), {"a program", {.read = true}});
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, story.who(ended)));
  const records::User user_before = *story.user(kAda);
  const records::Session session_before = *story.who(given).session;
  const std::string installation = story.accounts->store().installation();
  story.reopen();
  EXPECT_EQ(story.accounts->store().installation(), installation);
  EXPECT_EQ(*story.user(kAda), user_before);
  EXPECT_EQ(*story.who(given).session, session_before) << "access tokens from before still work";
  EXPECT_EQ(story.refusal_of(ended), Errc::session_ended);
  EXPECT_EQ(story.ask(key->text)->user->id, ada->id);
  EXPECT_TRUE(story.refresh(given));
  EXPECT_EQ(story.accounts->book().active_admins(), 1U);
}

TEST(AccountStore, ForgetsSessionsThatEndedLongAgo) {
  Story story;
  story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  story.clock.advance(days{30} + days{30} - minutes{1});
  story.reopen();
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended);
  story.clock.advance(minutes{2});
  story.reopen();
  EXPECT_EQ(story.sessions_of(kAda), 0U);
}

TEST(AccountStore, LosesNothingThatWasAnsweredWhenItIsKilled) {
  Story story;
  Story after;
  std::optional<SignedIn> given;
  for (int i = 0; i < 5; ++i) {
    const std::string email = "user" + std::to_string(i) + "@example.org";
    story.add(email);
    given = story.sign_in(email);
    copy_as_killed(story, after);
    EXPECT_EQ(after.accounts->book().users(), static_cast<std::size_t>(i) + 1);
    EXPECT_EQ(after.refusal_of(*given), std::nullopt);
    EXPECT_EQ(after.accounts->store().verify_audit([] { return false; })->broken_at, std::nullopt);
    EXPECT_EQ(after.last_event(), "sign_in done");
  }
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, story.who(*given)));
  copy_as_killed(story, after);
  EXPECT_EQ(after.refusal_of(*given), Errc::session_ended) << "also an end lasts";
}

TEST(AccountStore, SaysWhatToDoAboutAMissingKeyFile) {
  Story story;
  story.close();
  const auto key = story.folder / "secret.key";
  std::filesystem::rename(key, story.folder / "elsewhere");
  const auto opened = Accounts::open(story.folder / "", story.settings, story.clock, story.logger, story.metrics);
  ASSERT_EQ(opened ? std::nullopt : std::optional{opened.error().code}, Errc::not_found);
  EXPECT_THAT(opened.error().message,
              ::testing::AllOf(::testing::HasSubstr("secret.key is missing"), ::testing::HasSubstr("core.db"),
                               ::testing::HasSubstr("backups")));
  EXPECT_FALSE(std::filesystem::exists(key)) << "no new one is made in its place";
  std::filesystem::rename(story.folder / "elsewhere", key);
  story.open();
}

TEST(AccountStore, SaysWhatToDoAboutAnotherKeyFile) {
  Story story;
  Story elsewhere;
  story.close();
  elsewhere.close();
  std::filesystem::copy_file(elsewhere.folder / "secret.key", story.folder / "secret.key",
                             std::filesystem::copy_options::overwrite_existing);
  const auto opened = Accounts::open(story.folder / "", story.settings, story.clock, story.logger, story.metrics);
  ASSERT_EQ(opened ? std::nullopt : std::optional{opened.error().code}, Errc::corrupt);
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("is not the one that"));
}

TEST(AccountStore, MakesItsKeyFileForItsOwnerAlone) {
  Story story;
  for (const char* name : {"secret.key", "core.db"}) {
    const auto mode = std::filesystem::status(story.folder / name).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << name;
  }
}

TEST(AccountStore, IsOpenedOnce) {
  Story story;
  const auto second = Accounts::open(story.folder / "", story.settings, story.clock, story.logger, story.metrics);
  EXPECT_FALSE(second);
}

TEST(AccountStore, ChangesNothingInMemoryThatFoundNoRoomOnTheDisk) {
  Story story;
  story.add_admin("boss@example.org");
  const UserPtr ada = story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  const SignedIn other = story.sign_in(kAda);
  const records::User before = *story.user(kAda);
  const auto events = story.audit().size();
  story.revoked.clear();
  {
    const NoRoom no_room{story.folder / ""};
    const auto is_no_room = ::testing::AnyOf(Errc::disk_full, Errc::io_error);
    EXPECT_THAT(fault(story.try_sign_in(kAda)), ::testing::Optional(is_no_room));
    EXPECT_THAT(fault(add_user(*story.accounts, story.console, "eve@example.org", records::Role::user, kPassword)),
                ::testing::Optional(is_no_room));
    EXPECT_THAT(fault(change_user(*story.accounts, story.console, ada->id, {.active = false})),
                ::testing::Optional(is_no_room));
    EXPECT_THAT(fault(end_session(*story.accounts, story.visitor, ada->id, story.who(other).session->id)),
                ::testing::Optional(is_no_room));
    EXPECT_THAT(fault(story.refresh(given)), ::testing::Optional(is_no_room));
    EXPECT_EQ(*story.user(kAda), before);
    EXPECT_EQ(story.user("eve@example.org"), nullptr);
    EXPECT_EQ(story.sessions_of(kAda), 2U);
    EXPECT_EQ(story.refusal_of(given), std::nullopt);
    EXPECT_EQ(story.refusal_of(other), std::nullopt);
    EXPECT_TRUE(story.revoked.empty()) << "nobody is told of what did not happen";
  }
  EXPECT_EQ(story.audit().size(), events);
  EXPECT_TRUE(story.refresh(given)) << "room again";
  EXPECT_TRUE(story.try_sign_in(kAda));
  story.reopen();
  EXPECT_EQ(story.refusal_of(other), std::nullopt);
  EXPECT_EQ(story.accounts->store().verify_audit([] { return false; })->broken_at, std::nullopt);
}

TEST(AccountStore, APlanThatFailsChangesNothing) {
  Story story;
  const auto events = story.audit().size();
  EXPECT_EQ(fault(story.accounts->store().change([]() -> Result<Change> { return fail(Errc::conflict, "no"); })),
            Errc::conflict);
  EXPECT_TRUE(story.accounts->store().change([]() -> Result<Change> { return Change{}; }));
  EXPECT_EQ(story.audit().size(), events);
  EXPECT_EQ(story.metric("candlewick_accounts_changes_total"), 0);
}

TEST(AccountStore, WritesAllOfAChangeOrNothing) {
  Story story;
  const UserPtr ada = story.add(kAda);
  const auto done = story.accounts->store().change([&]() -> Result<Change> {
    Change change;
    change.users.push_back(*ada);
    change.users.back().settings_json = R"({"theme":"dark"})";
    records::User twin = *ada;  // the same id: the second row cannot be written
    change.new_users.push_back(twin);
    return change;
  });
  EXPECT_EQ(fault(done), Errc::conflict);
  EXPECT_EQ(story.user(kAda)->settings_json, "{}");
  story.reopen();
  EXPECT_EQ(story.user(kAda)->settings_json, "{}");
}

}  // namespace
}  // namespace cw::accounts
