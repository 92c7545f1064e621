#include "app/control/protocol.h"

#include <gtest/gtest.h>

namespace cw::app {
namespace {

// What the holder may have opened is what the command line names: a file, or `-` for stdin, alone or behind a flag.
TEST(NamedIn, IsTheArgumentOrWhatFollowsItsFlag) {
  EXPECT_EQ(named_in("-"), "-");
  EXPECT_EQ(named_in("--password=-"), "-");
  EXPECT_EQ(named_in("a=b.csv"), "a=b.csv");
  EXPECT_EQ(named_in("--file=a=b.csv"), "a=b.csv");
  EXPECT_EQ(named_in("--replace"), "--replace");
  EXPECT_EQ(named_in(""), "");
}

}  // namespace
}  // namespace cw::app
