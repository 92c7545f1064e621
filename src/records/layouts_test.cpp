#include "records/layouts.h"

#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;

struct Layouts : ::testing::Test {
  Layouts() {
    for (const char* id : {"u_ada", "u_bob"}) CW_REQUIRE(insert_user(core, testing::plain_user(id)).has_value());
  }
  std::vector<std::string> names_of(const char* user) {
    std::vector<std::string> names;
    for (const Layout& layout : layouts_of(core, user).value()) names.push_back(layout.name);
    return names;
  }
  testing::Core core;
};

TEST_F(Layouts, AreReadAsTheyWereWritten) {
  const Layout layout{"u_ada", "day trading", at(5), R"({"indicators":[]})"};
  ASSERT_TRUE(put_layout(core, layout));
  core.reopen();
  EXPECT_EQ(find_layout(core, "u_ada", "day trading").value(), layout);
  EXPECT_EQ(find_layout(core, "u_bob", "day trading").value(), std::nullopt);
  EXPECT_EQ(find_layout(core, "u_ada", "Day trading").value(), std::nullopt) << "letter case counts";
}

TEST_F(Layouts, OfOneNameReplaceEachOther) {
  ASSERT_TRUE(put_layout(core, {"u_ada", "a", at(1), "{}"}));
  ASSERT_TRUE(put_layout(core, {"u_ada", "a", at(2), R"({"x":1})"}));
  ASSERT_TRUE(put_layout(core, {"u_bob", "a", at(3), "{}"}));
  EXPECT_EQ(count_layouts(core, "u_ada").value(), 1);
  EXPECT_EQ(find_layout(core, "u_ada", "a").value()->document_json, R"({"x":1})");
  EXPECT_EQ(find_layout(core, "u_ada", "a").value()->updated_at, at(2));
  EXPECT_EQ(find_layout(core, "u_bob", "a").value()->document_json, "{}");
}

TEST_F(Layouts, AreListedByName) {
  for (const char* name : {"b", "c", "a"}) ASSERT_TRUE(put_layout(core, {"u_ada", name, at(1), "{}"}));
  EXPECT_EQ(names_of("u_ada"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(names_of("u_bob").empty());
}

TEST_F(Layouts, AreDeletedOneByOne) {
  for (const char* name : {"a", "b"}) ASSERT_TRUE(put_layout(core, {"u_ada", name, at(1), "{}"}));
  ASSERT_TRUE(delete_layout(core, "u_ada", "a"));
  EXPECT_EQ(names_of("u_ada"), (std::vector<std::string>{"b"}));
  EXPECT_EQ(delete_layout(core, "u_ada", "a").error().code, Errc::not_found);
  EXPECT_EQ(delete_layout(core, "u_bob", "b").error().code, Errc::not_found);
}

TEST_F(Layouts, GoWithTheirUser) {
  ASSERT_TRUE(put_layout(core, {"u_ada", "a", at(1), "{}"}));
  ASSERT_TRUE(put_layout(core, {"u_bob", "a", at(1), "{}"}));
  ASSERT_TRUE(core.connection->run("DELETE FROM users WHERE id = ?", "u_ada"));
  EXPECT_EQ(count_layouts(core, "u_ada").value(), 0);
  EXPECT_EQ(count_layouts(core, "u_bob").value(), 1);
}

TEST_F(Layouts, BelongToSomebody) {
  EXPECT_EQ(put_layout(core, {"u_nobody", "a", at(1), "{}"}).error().code, Errc::not_found);
}

TEST_F(Layouts, KeepWhateverIsWritten) {
  for (const std::string& text : testing::hostile_texts()) {
    const Layout layout{"u_ada", text, at(1), text};
    ASSERT_TRUE(put_layout(core, layout));
    EXPECT_EQ(find_layout(core, "u_ada", text).value(), layout);
    ASSERT_TRUE(delete_layout(core, "u_ada", text));
  }
}

}  // namespace
}  // namespace cw::records
