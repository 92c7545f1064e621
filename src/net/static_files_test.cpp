#include "net/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "net/compress.h"
#include "net/etag.h"

namespace cw::net {
namespace {

namespace fs = std::filesystem;

class StaticFolder : public testing::Test {
 protected:
  StaticFolder() {
    root_ = fs::temp_directory_path() / ("cw-static-" + std::to_string(getpid()));
    fs::create_directories(root_ / "web" / "assets");
    write("web/index.html", "<!doctype html>");
    write("web/assets/app-1a2b.js", "plain");
    write("web/assets/app-1a2b.js.br", "brotli");
    write("web/assets/app-1a2b.js.gz", "gzip");
    write("web/logo.svg", "<svg/>");
    write(
        "web/gr\xc3\xb6\xc3\x9f"
        "e.txt",
        "named");
    write("web/.hidden", "secret");
    write("secret.txt", "secret");
  }
  ~StaticFolder() override { fs::remove_all(root_); }
  void write(const std::string& name, std::string_view text) const { std::ofstream(root_ / name) << text; }

  StaticFiles load() const { return StaticFiles::load(root_ / "web").value(); }
  static HttpRequest get(std::string target, std::string accept_encoding = {}, std::string if_none_match = {}) {
    HttpRequest request{.target = std::move(target)};
    if (!accept_encoding.empty()) request.fields.set("Accept-Encoding", std::move(accept_encoding));
    if (!if_none_match.empty()) request.fields.set("If-None-Match", std::move(if_none_match));
    return request;
  }
  fs::path root_;
};

TEST_F(StaticFolder, ServesHashedNamesForEverAndTheRestCheckedEachTime) {
  const auto files = load();
  const auto asset = files.answer(get("/assets/app-1a2b.js")).value();
  EXPECT_EQ(asset.content(), "plain");
  EXPECT_EQ(asset.fields.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(asset.fields.get("Content-Type"), "text/javascript; charset=utf-8");
  const auto index = files.answer(get("/")).value();
  EXPECT_EQ(index.content(), "<!doctype html>");
  EXPECT_EQ(index.fields.get("Cache-Control"), "no-cache");
  EXPECT_EQ(index.fields.get("Vary"), "Accept-Encoding");
}

TEST_F(StaticFolder, ChoosesTheFormByAcceptEncoding) {
  const auto files = load();
  const auto form = [&](std::string accepted) {
    const auto answer = files.answer(get("/assets/app-1a2b.js", std::move(accepted))).value();
    return std::string(answer.content()) + " " + std::string(answer.fields.get("Content-Encoding"));
  };
  EXPECT_EQ(form("gzip, deflate, br"), "brotli br");
  EXPECT_EQ(form("gzip"), "gzip gzip");
  EXPECT_EQ(form("gzip, br;q=0"), "gzip gzip");
  EXPECT_EQ(form("deflate"), "plain ");
  EXPECT_EQ(files.answer(get("/logo.svg", "br, gzip")).value().fields.count("Content-Encoding"), 0u);
}

TEST_F(StaticFolder, Answers304ToTheTagOfTheSameForm) {
  const auto files = load();
  const auto tag = std::string(files.answer(get("/assets/app-1a2b.js", "br")).value().fields.get("ETag"));
  const auto plain_tag = std::string(files.answer(get("/assets/app-1a2b.js")).value().fields.get("ETag"));
  EXPECT_NE(tag, plain_tag);
  const auto same = files.answer(get("/assets/app-1a2b.js", "br", "\"x\", W/" + tag)).value();
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.content(), "");
  EXPECT_EQ(same.fields.get("ETag"), tag);
  EXPECT_EQ(same.fields.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(files.answer(get("/assets/app-1a2b.js", "gzip", tag)).value().status, 200);
}

TEST_F(StaticFolder, NeverLeavesTheFolder) {
  fs::create_symlink(root_ / "secret.txt", root_ / "web" / "link.txt");
  fs::create_directory_symlink(root_, root_ / "web" / "up");
  const auto files = load();
  for (const char* target : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
                             "/link.txt", "/up/secret.txt", "/.hidden", "/assets/app-1a2b.js.br",
                             "/assets/app-1a2b.js%00", "/%", "/%zz", "/assets\\app-1a2b.js"}) {
    EXPECT_FALSE(files.answer(get(target))) << target;
  }
  EXPECT_EQ(files.answer(get("//etc/passwd")).value().content(), "<!doctype html>") << "the dashboard's page, no file";
  EXPECT_EQ(files.answer(get("/gr%C3%B6%C3%9fe.txt")).value().content(), "named");
}

TEST_F(StaticFolder, AnswersNavigationsOfTheDashboardWithItsPage) {
  const auto files = load();
  const auto navigate = [&](std::string target, std::string accept) {
    HttpRequest request{.target = std::move(target)};
    request.fields.set("Accept", std::move(accept));
    return files.answer(request);
  };
  const std::string browser = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
  EXPECT_EQ(navigate("/chart/BTCUSDT?tf=1m", browser).value().content(), "<!doctype html>");
  EXPECT_EQ(navigate("/chart/", browser).has_value(), false);
  EXPECT_EQ(navigate("/chart/BTCUSDT", "*/*").value().content(), "<!doctype html>") << "curl";
  EXPECT_FALSE(navigate("/missing.js", browser));
  EXPECT_FALSE(navigate("/assets/missing", browser));
}

TEST_F(StaticFolder, RefusesOtherMethodsOnAFile) {
  auto request = get("/logo.svg");
  request.method = "POST";
  const auto answer = load().answer(request).value();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.fields.get("Allow"), "GET, HEAD");
  request.target = "/missing.svg";
  EXPECT_FALSE(load().answer(request));
}

TEST_F(StaticFolder, NamesWhatItCannotLoad) {
  EXPECT_EQ(StaticFiles::load(root_ / "none").error().code, Errc::not_found);
  EXPECT_EQ(StaticFiles::load(root_ / "web", 10).error().code, Errc::limit_exceeded);
  EXPECT_EQ(load().count(), 4u);
}

TEST(AcceptEncoding, FollowsTheQualityValues) {
  const auto chosen = [](std::string field) {
    HttpFields fields;
    fields.add("accept-encoding", std::move(field));
    return choose_encoding(fields, {.gzip = true, .brotli = true});
  };
  EXPECT_EQ(chosen("gzip;q=0.8, br;q=0.5"), ContentEncoding::gzip);
  EXPECT_EQ(chosen("GZIP ; q=0.5 , BR;Q=0.500"), ContentEncoding::brotli);
  EXPECT_EQ(chosen("*"), ContentEncoding::brotli);
  EXPECT_EQ(chosen("*;q=0.1, br;q=0"), ContentEncoding::gzip);
  EXPECT_EQ(chosen("identity, gzip;q=0.5"), ContentEncoding::identity);
  EXPECT_EQ(chosen("gzip;q=0, br;q=0.000"), ContentEncoding::identity);
  EXPECT_EQ(chosen("gzip;q=2"), ContentEncoding::identity);
  EXPECT_EQ(chosen("gzip;q=x, br;level=1"), ContentEncoding::identity);
  EXPECT_EQ(chosen("x-gzip"), ContentEncoding::gzip);
  EXPECT_EQ(chosen(""), ContentEncoding::identity);
  EXPECT_EQ(chosen(",,;,=,;q=1"), ContentEncoding::identity);
  EXPECT_EQ(choose_encoding({}, {.gzip = true}), ContentEncoding::identity);
}

TEST(Etag, IsFoundInAListAsTheStandardSays) {
  EXPECT_TRUE(etag_listed(R"("a")", R"("a")"));
  EXPECT_TRUE(etag_listed(R"( W/"a" )", R"("a")"));
  EXPECT_TRUE(etag_listed(R"("x", "y,z" ,W/"a")", R"("a")"));
  EXPECT_TRUE(etag_listed(R"("x","y,z")", R"("y,z")"));
  EXPECT_TRUE(etag_listed("*", R"("a")"));
  for (const char* list : {"", "a", R"("b")", R"("a)", R"("aa")", R"(w/"a")", R"("b" "a")", R"(b, "a")", R"(*, "a")"}) {
    EXPECT_FALSE(etag_listed(list, R"("a")")) << list;
  }
}

TEST(Etag, IsTheContentsHash) {
  // SHA-256 of the empty text begins e3b0c44298fc1c149afbf4c8996fb924.
  EXPECT_EQ(strong_etag(""), "\"e3b0c44298fc1c149afbf4c8996fb924\"");
  EXPECT_EQ(etag_in_encoding("\"x\"", "gzip"), "\"x-gzip\"");
  EXPECT_EQ(etag_in_encoding("\"x\"", ""), "\"x\"");
}

TEST(FinishResponse, CompressesFromOneKilobyteOn) {
  HttpRequest request;
  request.fields.set("Accept-Encoding", "gzip");
  HttpResponse small;
  small.body.assign(kGzipFromBytes - 1, 'x');
  finish_response(request, small);
  EXPECT_EQ(small.fields.count("Content-Encoding"), 0u);
  EXPECT_EQ(small.fields.get("Vary"), "Accept-Encoding");

  HttpResponse large;
  large.body.assign(kGzipFromBytes, 'x');
  large.fields.set("ETag", "\"t\"");
  auto again = large;
  finish_response(request, large);
  EXPECT_EQ(large.fields.get("Content-Encoding"), "gzip");
  EXPECT_EQ(large.fields.get("ETag"), "\"t-gzip\"");
  EXPECT_EQ(gunzip(large.body, 10'000).value(), std::string(kGzipFromBytes, 'x'));

  request.fields.set("If-None-Match", "\"t-gzip\"");
  finish_response(request, again);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST(Gunzip, RefusesDamagedCutAndOverlongData) {
  const auto packed = gzip(std::string(100'000, 'x') + "end");
  EXPECT_EQ(gunzip(packed, 100'003).value().size(), 100'003u);
  EXPECT_EQ(gunzip(packed, 100'002).error().code, Errc::limit_exceeded);
  EXPECT_EQ(gunzip(packed.substr(0, packed.size() - 1), 200'000).error().code, Errc::bad_input);
  EXPECT_EQ(gunzip("", 100).error().code, Errc::bad_input);
  EXPECT_EQ(gunzip("not gzip at all", 100).error().code, Errc::bad_input);
  EXPECT_EQ(gunzip(gzip("a") + gzip("b"), 100).value(), "ab");
  EXPECT_EQ(gunzip(gzip("a") + "x", 100).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace cw::net
