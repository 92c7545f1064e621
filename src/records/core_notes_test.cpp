#include "records/core_notes.h"

#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

TEST(CoreNotes, ArePutAndReplaced) {
  testing::Core core;
  EXPECT_EQ(get_note(core, "installation").value(), std::nullopt);
  ASSERT_TRUE(put_note(core, "installation", "one"));
  ASSERT_TRUE(put_note(core, "key check", std::string_view{"\0\xff", 2}));
  ASSERT_TRUE(put_note(core, "installation", ""));
  core.reopen();
  EXPECT_EQ(get_note(core, "installation").value(), "");
  EXPECT_EQ(get_note(core, "key check").value(), (std::string{"\0\xff", 2}));
}

TEST(CoreNotes, KeepHostileTextAsItIs) {
  testing::Core core;
  for (const auto& text : testing::hostile_texts()) {
    ASSERT_TRUE(put_note(core, text, text));
    EXPECT_EQ(get_note(core, text).value(), text);
  }
}

}  // namespace
}  // namespace cw::records
