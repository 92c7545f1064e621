#include "records/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;
using testing::Core;
using ::testing::ElementsAre;

Link link_of(LinkKind kind, std::string id, std::int64_t created = 0) {
  Link link;
  link.id = std::move(id);
  link.kind = kind;
  link.created_by = "server";
  link.created_at = at(created);
  link.expires_at = at(1'800);
  return link;
}

TEST(Links, ComeBackAsTheyWere) {
  Core core;
  ASSERT_TRUE(insert_user(core, testing::plain_user("ada")));
  auto invitation = link_of(LinkKind::invitation, "l1");
  invitation.email = "guest@example.com";
  invitation.role = Role::user;
  invitation.created_by = "ada";
  auto reset = link_of(LinkKind::reset, "l2");
  reset.user_id = "ada";
  ASSERT_TRUE(insert_link(core, invitation));
  ASSERT_TRUE(insert_link(core, reset));
  core.reopen();
  EXPECT_EQ(find_link(core, "l1").value(), invitation);
  EXPECT_EQ(find_link(core, "l2").value(), reset);
  EXPECT_EQ(find_link(core, "l3").value(), std::nullopt);
}

TEST(Links, AreOpenUntilTheyAreUsedRevokedOrExpired) {
  Core core;
  const auto set_up = link_of(LinkKind::set_up, "l1", 1);
  auto used = link_of(LinkKind::invitation, "l2", 2);
  auto revoked = link_of(LinkKind::invitation, "l3", 3);
  const auto open = link_of(LinkKind::invitation, "l4", 4);
  for (const auto& link : {open, revoked, used, set_up}) ASSERT_TRUE(insert_link(core, link));
  EXPECT_EQ(open_links(core, at(10)).value().size(), 4U);

  used.used_at = at(5);
  ASSERT_TRUE(update_link(core, used));
  revoked.revoked_at = at(5);
  ASSERT_TRUE(update_link(core, revoked));
  EXPECT_THAT(open_links(core, at(1'799)).value(), ElementsAre(set_up, open));
  EXPECT_THAT(open_links(core, at(1'799), LinkKind::invitation).value(), ElementsAre(open));
  EXPECT_THAT(open_links(core, at(1'800)).value(), ElementsAre());
  EXPECT_EQ(find_link(core, "l2").value()->used_at, at(5));  // still there to say why it is refused
}

TEST(Links, RefuseWhatIsTakenOrNotThere) {
  Core core;
  ASSERT_TRUE(insert_link(core, link_of(LinkKind::set_up, "l1")));
  EXPECT_EQ(insert_link(core, link_of(LinkKind::reset, "l1")).error().code, Errc::conflict);
  EXPECT_EQ(update_link(core, link_of(LinkKind::reset, "l2")).error().code, Errc::not_found);
  auto stray = link_of(LinkKind::reset, "l3");
  stray.user_id = "nobody";
  EXPECT_EQ(insert_link(core, stray).error().code, Errc::not_found);
}

TEST(Links, KeepHostileTextAsItIs) {
  Core core;
  for (const auto& text : testing::hostile_texts()) {
    auto link = link_of(LinkKind::invitation, text);
    link.email = text;
    link.created_by = text;
    ASSERT_TRUE(insert_link(core, link));
    EXPECT_EQ(find_link(core, text).value(), link);
  }
}

TEST(LinkKinds, AreReadOnlyAsTheyAreWritten) {
  for (const auto kind : {LinkKind::set_up, LinkKind::invitation, LinkKind::reset})
    EXPECT_EQ(parse_link_kind(name(kind)), kind);
  EXPECT_EQ(parse_link_kind("Reset"), std::nullopt);
  EXPECT_EQ(parse_link_kind(""), std::nullopt);
}

}  // namespace
}  // namespace cw::records
