#include "records/api_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;
using ::testing::ElementsAre;
using testing::plain_user;

ApiKey key_of(std::string user_id, std::string id, std::int64_t created = 0) {
  ApiKey key;
  key.id = std::move(id);
  key.user_id = std::move(user_id);
  key.name = "a script";
  key.secret_hash = std::string("\0\xff", 2) + std::string(30, '\x7f');
  key.scopes = "read write";
  key.created_at = at(created);
  return key;
}

class ApiKeys : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(insert_user(core, plain_user("ada")));
    ASSERT_TRUE(insert_user(core, plain_user("bob")));
  }
  testing::Core core;
};

TEST_F(ApiKeys, ComeBackAsTheyWere) {
  auto key = key_of("ada", "k1");
  ASSERT_TRUE(insert_api_key(core, key));
  EXPECT_THAT(live_api_keys(core, at(1)).value(), ElementsAre(key));
  key.expires_at = at(100);
  key.last_used_at = at(5);
  key.name = "renamed";
  ASSERT_TRUE(update_api_key(core, key));
  core.reopen();
  EXPECT_THAT(live_api_keys(core, at(1)).value(), ElementsAre(key));
  EXPECT_EQ(update_api_key(core, key_of("ada", "k2")).error().code, Errc::not_found);
}

TEST_F(ApiKeys, WorkUntilTheyExpireOrAreRevoked) {
  const auto lasting = key_of("ada", "lasting", 1);
  auto expiring = key_of("bob", "expiring", 2);
  expiring.expires_at = at(50);
  auto revoked = key_of("ada", "revoked", 3);
  revoked.revoked_at = at(4);
  for (const auto& key : {revoked, expiring, lasting}) ASSERT_TRUE(insert_api_key(core, key));
  EXPECT_THAT(live_api_keys(core, at(49)).value(), ElementsAre(lasting, expiring));
  EXPECT_THAT(live_api_keys(core, at(50)).value(), ElementsAre(lasting));
  EXPECT_THAT(api_keys_of(core, "ada").value(), ElementsAre(revoked, lasting));
}

TEST_F(ApiKeys, BelongToAUserAndHaveAHashOf32Bytes) {
  EXPECT_EQ(insert_api_key(core, key_of("nobody", "k1")).error().code, Errc::not_found);
  auto key = key_of("ada", "k1");
  key.secret_hash.pop_back();
  EXPECT_EQ(insert_api_key(core, key).error().code, Errc::bad_input);
  ASSERT_TRUE(insert_api_key(core, key_of("ada", "k1")));
  EXPECT_EQ(insert_api_key(core, key_of("ada", "k1")).error().code, Errc::conflict);
}

TEST_F(ApiKeys, KeepHostileTextAsItIs) {
  std::vector<ApiKey> keys;
  for (const auto& text : testing::hostile_texts()) {
    auto key = key_of("ada", text, static_cast<std::int64_t>(keys.size()));
    key.name = text;
    key.scopes = text;
    ASSERT_TRUE(insert_api_key(core, key));
    keys.push_back(std::move(key));
  }
  EXPECT_EQ(live_api_keys(core, at(1)).value(), keys);
}

}  // namespace
}  // namespace cw::records
