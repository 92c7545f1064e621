#include "api/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace cw::api {
namespace {

std::variant<JsonBody, Problem> read(const std::string& text, const std::string& type = "application/json") {
  net::HttpRequest request{.method = "POST"};
  if (!type.empty()) request.fields.add("Content-Type", type);
  request.body = text;
  return JsonBody::read(request, {"email", "password", "count", "on", "list"});
}
JsonBody good(const std::string& text) {
  auto body = read(text);
  EXPECT_TRUE(std::holds_alternative<JsonBody>(body)) << text;
  return std::holds_alternative<JsonBody>(body) ? std::get<JsonBody>(std::move(body)) : JsonBody{};
}
/// `code field`.
std::string refused(const std::string& text, const std::string& type = "application/json") {
  const auto body = read(text, type);
  const auto* problem = std::get_if<Problem>(&body);
  return problem == nullptr ? "taken" : problem->code + ' ' + problem->field;
}
/// What the handler that reads this is told.
template <class Read>
std::string fault(const std::string& text, Read read_it) {
  JsonBody body = good(text);
  read_it(body);
  return body.fault() ? body.fault()->code + ' ' + body.fault()->field : "none";
}

TEST(JsonBody, ReadsItsKindsOfMembers) {
  JsonBody body = good(R"({"email":"ada","count":-7,"on":false,"list":["a","b"],"password":null})");
  EXPECT_EQ(body.text("email", 10), "ada");
  EXPECT_EQ(body.whole("count", -10, 10), -7);
  EXPECT_EQ(body.flag("on"), false);
  EXPECT_EQ(body.texts("list", 2, 1), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(body.is_null("password") && body.has("password"));
  EXPECT_EQ(body.optional_text("password", 10), std::nullopt);
  EXPECT_FALSE(body.fault());
}

TEST(JsonBody, LetsMembersBeLeftOut) {
  JsonBody body = good(" {} ");
  EXPECT_EQ(body.optional_text("email", 10), std::nullopt);
  EXPECT_EQ(body.whole("count", 0, 10), std::nullopt);
  EXPECT_EQ(body.flag("on"), std::nullopt);
  EXPECT_EQ(body.texts("list", 1, 1), std::nullopt);
  EXPECT_FALSE(body.has("email") || body.is_null("email") || body.fault());
}

TEST(JsonBody, TakesJsonAlone) {
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;charset=utf-8"})
    EXPECT_EQ(refused("{}", type), "taken") << type;
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                           "application/json-seq", "xapplication/json", "text/plain; application/json",
                           "multipart/form-data; boundary=application/json", "application/problem+json"})
    EXPECT_EQ(refused("{}", type), "unsupported_media_type ") << type;
}

TEST(JsonBody, IsOneObject) {
  for (const char* text : {"",
                           " ",
                           "null",
                           "7",
                           "\"x\"",
                           "[]",
                           "[{}]",
                           "{",
                           "{}{}",
                           "{} x",
                           "{'email':1}",
                           "{\"email\"}",
                           "{\"email\":}",
                           "{\"email\":\"\xff\"}",
                           "{\"email\":\"\\ud800\"}",
                           "{\"count\":01}",
                           "{\"count\":1e999}",
                           "{\"on\":True}",
                           "{\"on\":true,}",
                           "// {}\n{}",
                           "\xef\xbb\xbf{"})
    EXPECT_EQ(refused(text), "bad_request ") << text;
}

TEST(JsonBody, HasEachMemberOnceHoweverItsNameIsWritten) {
  EXPECT_EQ(refused(R"({"email":"a","email":"a"})"), "bad_request ");
  EXPECT_EQ(refused(R"({"email":"a","count":1,"\u0065mail":"b"})"), "bad_request ");
  EXPECT_EQ(refused(R"({"x":1,"x":1})"), "bad_request ") << "also where it is none of ours";
}

TEST(JsonBody, NamesAMemberThatItDoesNotKnowAndTheNearest) {
  const auto body = read(R"({"emial":"a"})");
  const auto& problem = std::get<Problem>(body);
  EXPECT_EQ(problem.code, "bad_parameter");
  EXPECT_EQ(problem.field, "emial");
  EXPECT_THAT(problem.suggestions, testing::Contains("email"));
  EXPECT_THAT(problem.detail, testing::HasSubstr("did you mean"));
  EXPECT_EQ(refused("{\"" + std::string(5'000, 'x') + "\":1}"), "bad_parameter " + std::string(64, 'x'));
  EXPECT_EQ(refused(R"({"Email":"a"})"), "bad_parameter Email");
  EXPECT_EQ(refused(R"({"":1})"), "bad_parameter ");
}

TEST(JsonBody, HasNoOtherKindsOfMembers) {
  for (const char* value : {"{}", "[1]", "[null]", "[[]]", "[\"a\",{}]", "[[\"a\"]]", "{\"a\":{\"b\":{}}}"})
    EXPECT_EQ(refused(std::string{"{\"email\":"} + value + "}"), "bad_parameter email") << value;
}

TEST(JsonBody, IsReadWithoutATallTree) {
  for (const std::size_t depth : {3UL, 100UL, 20'000UL}) {
    EXPECT_EQ(refused("{\"list\":" + std::string(depth, '[') + std::string(depth, ']') + "}"), "bad_parameter list");
    EXPECT_EQ(refused("{\"list\":" + std::string(depth, '[')), "bad_request ");
    EXPECT_EQ(refused(std::string(depth, '[') + std::string(depth, ']')), "bad_request ");
  }
}

TEST(JsonBody, HoldsWholeNumbersToTheirRange) {
  const auto whole = [](const std::string& value) {
    return fault("{\"count\":" + value + "}", [](JsonBody& body) { (void)body.whole("count", 1, 30); });
  };
  for (const char* value : {"1", "30"}) EXPECT_EQ(whole(value), "none") << value;
  for (const char* value : {"0", "31", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551615",
                            "-9223372036854775808", "\"7\"", "true", "null", "[]"})
    EXPECT_EQ(whole(value), "bad_parameter count") << value;
  JsonBody body = good(R"({"count":18446744073709551615})");
  EXPECT_EQ(body.whole("count", 0, std::numeric_limits<std::int64_t>::max()), std::numeric_limits<std::int64_t>::max());
}

TEST(JsonBody, HoldsTextsToTheirBytes) {
  const auto text = [](JsonBody& body) { (void)body.text("email", 4); };
  EXPECT_EQ(fault(R"({"email":"äö"})", text), "none");
  EXPECT_EQ(fault(R"({"email":""})", text), "none");
  EXPECT_EQ(fault(R"({"email":"12345"})", text), "bad_parameter email");
  EXPECT_EQ(fault(R"({"email":7})", text), "bad_parameter email");
  EXPECT_EQ(fault(R"({"email":null})", text), "bad_parameter email");
  EXPECT_EQ(fault("{}", text), "bad_parameter email");
  const auto list = [](JsonBody& body) { (void)body.texts("list", 2, 3); };
  EXPECT_EQ(fault(R"({"list":[]})", list), "none");
  EXPECT_EQ(fault(R"({"list":["a","b","c"]})", list), "bad_parameter list");
  EXPECT_EQ(fault(R"({"list":["abcd"]})", list), "bad_parameter list");
  EXPECT_EQ(fault(R"({"list":[""]})", list), "bad_parameter list");
  EXPECT_EQ(fault(R"({"list":"a"})", list), "bad_parameter list");
  const auto flag = [](JsonBody& body) { (void)body.flag("on"); };
  for (const char* body : {R"({"on":1})", R"({"on":"true"})", R"({"on":null})"})
    EXPECT_EQ(fault(body, flag), "bad_parameter on") << body;
}

TEST(JsonBody, KeepsItsFirstFault) {
  EXPECT_EQ(fault(R"({"email":7,"count":"x"})",
                  [](JsonBody& body) {
                    (void)body.text("email", 4);
                    (void)body.whole("count", 0, 1);
                  }),
            "bad_parameter email");
}

TEST(JsonBody, NeverRepeatsWhatItHolds) {
  JsonBody body = good(R"({"password":"hunter2hunter2"})");
  (void)body.text("password", 4);
  EXPECT_EQ(body.fault()->detail.find("hunter2"), std::string::npos);
}

TEST(JsonBody, IsRefusedWhereNoneIsTaken) {
  net::HttpRequest request{.method = "POST"};
  EXPECT_FALSE(refuse_body(request));
  request.body = "{}";
  EXPECT_FALSE(refuse_body(request));
  for (const char* text : {"{\"a\":1}", "x", " "}) {
    request.body = text;
    EXPECT_TRUE(refuse_body(request)) << text;
  }
}

std::variant<JsonBody, Problem> read_layout(const std::string& text) {
  net::HttpRequest request{.method = "PUT"};
  request.fields.add("Content-Type", "application/json");
  request.body = text;
  return JsonBody::read(request, {"document", "name"}, {"document"});
}

TEST(JsonBody, TakesAnObjectWhereARouteWantsOne) {
  auto read = read_layout(R"({"document": {"panes": [1, {"a": [[2.5]]}], "x": null}, "name": "n"})");
  auto& body = std::get<JsonBody>(read);
  EXPECT_EQ(body.object("document", 100), R"({"panes":[1,{"a":[[2.5]]}],"x":null})");
  EXPECT_EQ(body.object("absent", 100), std::nullopt);
  EXPECT_FALSE(body.fault());
  EXPECT_EQ(body.object("document", 10), std::nullopt);
  EXPECT_EQ(body.fault()->field, "document");
}

TEST(JsonBody, AnObjectIsWantedOfThatMemberAlone) {
  EXPECT_EQ(std::get<Problem>(read_layout(R"({"document":{},"name":{}})")).field, "name");
  auto read = read_layout(R"({"document":["a"]})");
  auto& body = std::get<JsonBody>(read);
  EXPECT_EQ(body.object("document", 100), std::nullopt);
  EXPECT_EQ(body.fault()->code, "bad_parameter");
}

TEST(JsonBody, AnObjectIsNotDeeperThanItsLimit) {
  const auto nested = [](int levels) {
    std::string text = "{\"a\":";
    for (int i = 1; i < levels; ++i) text += "[";
    text += "1";
    for (int i = 1; i < levels; ++i) text += "]";
    return R"({"document":)" + text + "}}";
  };
  EXPECT_TRUE(std::holds_alternative<JsonBody>(read_layout(nested(JsonBody::kObjectDepthMost - 1))));
  const auto refused = read_layout(nested(JsonBody::kObjectDepthMost));
  ASSERT_TRUE(std::holds_alternative<Problem>(refused));
  EXPECT_EQ(std::get<Problem>(refused).field, "document");
  EXPECT_TRUE(std::holds_alternative<Problem>(read_layout(nested(20'000))));
}

}  // namespace
}  // namespace cw::api
