#include "base/config_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kKeys{"server.port",    "server.host", "store.keep_1m_days", "store.keep_15m_days",
                                     "practice.speed", "log.level",   "log.file",           "log.file_bytes"};

TEST(NearestKeys, FindsANameWithoutItsSectionOrBelowAnother) {
  EXPECT_THAT(nearest_keys("port", kKeys), ElementsAre("server.port"));
  EXPECT_THAT(nearest_keys("practice.port", kKeys), ElementsAre("server.port"));
  EXPECT_THAT(nearest_keys("prot", kKeys), ElementsAre("server.port"));
}

TEST(NearestKeys, FindsWhatIsSpeltAlike) {
  EXPECT_EQ(nearest_keys("server.prot", kKeys).front(), "server.port");
  EXPECT_EQ(nearest_keys("servr.prot", kKeys).front(), "server.port");
}

TEST(NearestKeys, FindsWhatSharesAWordWithinTheSection) {
  EXPECT_THAT(nearest_keys("store.retention_1m", kKeys), ElementsAre("store.keep_1m_days"));
}

TEST(NearestKeys, LeavesStrangersOut) {
  EXPECT_THAT(nearest_keys("zzzz", kKeys), IsEmpty());
  EXPECT_THAT(nearest_keys("zzzz.yyyyyyyyyyyy", kKeys), IsEmpty());
}

TEST(WhatThereIs, ListsTheSectionOrTheSections) {
  EXPECT_EQ(what_there_is("log.xxxxxxxxx", kKeys), "; [log] has level, file, file_bytes");
  EXPECT_EQ(what_there_is("zzzz.xxx", kKeys), "; the sections are server, store, practice, log");
  EXPECT_THAT(sections_of(kKeys), ElementsAre("server", "store", "practice", "log"));
}

}  // namespace
}  // namespace cw
