#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <future>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control/client.h"
#include "app/control/protocol.h"
#include "app/control/server.h"

namespace cw::app {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;

/// Both ends of a connection; what is sent into one is read from the other.
class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd_), 0); }
  ~Pair() {
    hang_up();
    ::close(fd_[1]);
  }
  void send(std::string_view bytes) const {
    ASSERT_EQ(::send(fd_[0], bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void hang_up() {
    if (fd_[0] >= 0) ::close(std::exchange(fd_[0], -1));
  }
  int reader() const { return fd_[1]; }

 private:
  int fd_[2] = {-1, -1};
};

Errc code_of(const Result<Frame>& frame) { return frame ? Errc::internal : frame.error().code; }

TEST(Frame, IsReadBackAsWrittenAndOneAfterTheOther) {
  Pair pair;
  const std::string bytes{"a\0b\xff", 4};
  pair.send(encode_frame(FrameKind::out, bytes) + encode_frame(FrameKind::exit, ""));
  const auto first = read_frame(pair.reader());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, FrameKind::out);
  EXPECT_EQ(first->payload, bytes);
  const auto second = read_frame(pair.reader());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, FrameKind::exit);
  EXPECT_EQ(second->payload, "");
}

TEST(Frame, IsAKindAndALengthInLittleEndianAndThePayload) {
  EXPECT_EQ(encode_frame(FrameKind::err, std::string(0x102, 'x')).substr(0, 6), std::string("\x03\x02\x01\0\0x", 6));
}

TEST(Frame, ALongOneIsPutTogetherAndALongerOneRefused) {
  Pair pair;
  const std::string longest(kFrameBytesMost, 'x');
  std::thread sender{[&] {
    const std::string frame = encode_frame(FrameKind::request, longest);
    for (std::size_t at = 0; at < frame.size(); at += 1000) pair.send(std::string_view{frame}.substr(at, 1000));
    pair.send(encode_frame(FrameKind::request, longest + "x").substr(0, 5));
  }};
  const auto frame = read_frame(pair.reader());
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->payload, longest);
  EXPECT_EQ(code_of(read_frame(pair.reader())), Errc::bad_input);
  sender.join();
}

TEST(Frame, GarbageIsNoFrame) {
  constexpr std::string_view kOneOverTheMost{"\1\1\0\x10\0", 5};
  constexpr std::string_view kHeaders[] = {
      "GET /", "\xff\xff\xff\xff\xff", {"\0\1\0\0\0", 5}, {"\x0a\1\0\0\0", 5}, kOneOverTheMost};
  for (const std::string_view header : kHeaders) {
    Pair pair;
    pair.send(header);
    EXPECT_EQ(code_of(read_frame(pair.reader())), Errc::bad_input) << header;
  }
}

TEST(Frame, APeerThatGoesAwayInTheMiddleIsTold) {
  const std::string frame = encode_frame(FrameKind::out, "hello");
  for (std::size_t sent = 0; sent < frame.size(); ++sent) {
    Pair pair;
    pair.send(std::string_view{frame}.substr(0, sent));
    pair.hang_up();
    EXPECT_EQ(code_of(read_frame(pair.reader())), Errc::disconnected) << sent;
  }
}

TEST(Frame, APeerThatFallsSilentEndsTheWait) {
  Pair pair;
  const timeval limit{0, 1000};
  ASSERT_EQ(::setsockopt(pair.reader(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  pair.send("\1");
  EXPECT_EQ(code_of(read_frame(pair.reader())), Errc::timed_out);
}

TEST(Request, IsReadBackAsWritten) {
  const ControlRequest request{{"import", "a b.csv", "", "\"\\\n"}, "/some where", true, 132};
  const auto read = decode_request(encode(request));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->arguments, request.arguments);
  EXPECT_EQ(read->working_directory, request.working_directory);
  EXPECT_TRUE(read->err_is_terminal);
  EXPECT_EQ(read->columns, 132);
}

TEST(Request, AnotherVersionsIsRefusedWithWhatToDo) {
  const auto read = decode_request(R"({"protocol":1,"anything":[]})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::unsupported);
  EXPECT_THAT(read.error().message, HasSubstr("another version"));
}

TEST(Request, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "x", "[]", "null", "{}", R"({"protocol":"2"})", R"({"protocol":3})",
        R"({"protocol":3,"arguments":"a","working_directory":"/","err_is_terminal":true,"columns":80})",
        R"({"protocol":3,"arguments":[1],"working_directory":"/","err_is_terminal":true,"columns":80})",
        R"({"protocol":3,"arguments":[],"working_directory":7,"err_is_terminal":true,"columns":80})"}) {
    const auto read = decode_request(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::bad_input) << text;
  }
}

/// A console that keeps what is written.
class KeptConsole final : public Console {
 public:
  bool out(std::string_view text) override {
    out_ += text;
    return reads_;
  }
  bool err(std::string_view text) override {
    err_ += text;
    return true;
  }
  bool cancelled() const override { return cancelled_; }
  bool err_is_terminal() const override { return false; }
  int columns() const override { return 100; }
  const std::filesystem::path& working_directory() const override { return directory_; }
  Result<int> open_input(const std::string& named) override {
    asked_ += named;
    if (named == "locked.csv") return fail(Errc::io_error, "no rights");
    if (named == "none.csv") return fail(Errc::not_found, "there is no such file");
    int pipe[2];
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    EXPECT_EQ(::write(pipe[1], "in the pipe", 11), 11);
    ::close(pipe[1]);
    return pipe[0];
  }

  Result<void> write_file(const std::string&, std::string_view) override { return fail(Errc::internal, "not here"); }
  std::string asked_, out_, err_;
  bool reads_ = true;
  std::atomic<bool> cancelled_{};
  std::filesystem::path directory_ = "/here";
};

class Control : public testing::Test {
 protected:
  Control() {
    std::string name = testing::TempDir() + "cw-control-XXXXXX";
    folder_ = {::mkdtemp(name.data())};
  }
  ~Control() override {
    if (server_) server_->stop(true);
    std::filesystem::remove_all(folder_.root);
  }

  void serve(ControlServer::Handler handler) {
    auto started = ControlServer::start(folder_, std::move(handler), logger_);
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  /// Says `bytes` on a connection of its own and reads frames until the server ends it.
  std::vector<Frame> say(std::string_view bytes) {
    const auto fd = connect_in(folder_);
    EXPECT_TRUE(fd);
    EXPECT_EQ(::send(*fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    std::vector<Frame> frames;
    for (;;) {
      auto frame = read_frame(*fd);
      if (!frame) break;
      frames.push_back(std::move(*frame));
    }
    ::close(*fd);
    return frames;
  }

  DataFolder folder_;
  NullLogger logger_;
  std::unique_ptr<ControlServer> server_;
  KeptConsole console_;
};

TEST_F(Control, ACommandRunsAtTheHolderAsIfHere) {
  serve([](Console& console, const Texts& arguments) {
    EXPECT_EQ(arguments, (Texts{"candles", "list"}));
    EXPECT_EQ(console.working_directory(), "/here");
    EXPECT_EQ(console.columns(), 100);
    console.out(std::string(3 * kOutputChunk + 1, 'o'));
    console.err("oops\n");
    return 42;
  });
  const auto code = run_at_holder(folder_, {"candles", "list"}, console_);
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 42);
  EXPECT_EQ(console_.out_, std::string(3 * kOutputChunk + 1, 'o'));
  EXPECT_EQ(console_.err_, "oops\n");
}

TEST_F(Control, TheSocketIsItsOwnersAloneAndGoneAtTheEnd) {
  serve([](Console&, const Texts&) { return 0; });
  struct stat info{};
  ASSERT_EQ(::stat((folder_.root / "control.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  server_->stop(false);
  EXPECT_FALSE(std::filesystem::exists(folder_.root / "control.sock"));
}

TEST_F(Control, WithoutAHolderNobodyTakesTheCommand) {
  const auto nobody = run_at_holder(folder_, {"x"}, console_);
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody);
  const auto nowhere = run_at_holder({folder_.root / "none"}, {"x"}, console_);
  ASSERT_TRUE(nowhere);
  EXPECT_FALSE(*nowhere);
}

TEST_F(Control, ASocketThatACrashLeftIsNobodyAndIsReplaced) {
  const auto left = listen_in(folder_);
  ASSERT_TRUE(left);
  ::close(*left);
  ASSERT_TRUE(std::filesystem::exists(folder_.root / "control.sock"));
  EXPECT_FALSE(*run_at_holder(folder_, {"x"}, console_));
  serve([](Console&, const Texts&) { return 7; });
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 7);
}

TEST_F(Control, APathLongerThanASocketsNameWorks) {
  folder_.root /= std::string(120, 'd');
  std::filesystem::create_directory(folder_.root);
  serve([](Console&, const Texts&) { return 7; });
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 7);
  server_->stop(true);
  server_.reset();
  std::filesystem::remove_all(folder_.root);
  folder_.root = folder_.root.parent_path();
}

TEST_F(Control, GarbageIsAnsweredAndTheNextCommandRuns) {
  serve([](Console&, const Texts&) { return 0; });
  for (const std::string& bytes :
       {std::string{"GET / HTTP/1.1\r\n\r\n"}, encode_frame(FrameKind::out, "x"),
        encode_frame(FrameKind::request, "{}"), encode_frame(FrameKind::request, std::string(1000, '[')),
        encode_frame(FrameKind::request, R"({"protocol":9})")}) {
    const auto frames = say(bytes);
    // Where bytes stay unread the system may cut the answer off; what comes of it is the sentence and the code.
    for (const Frame& frame : frames)
      EXPECT_TRUE(frame.kind == FrameKind::err || frame.payload == "1") << frame.payload;
  }
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 0);
}

TEST_F(Control, AnotherVersionsClientIsToldSo) {
  serve([](Console&, const Texts&) { return 0; });
  const auto frames = say(encode_frame(FrameKind::request, R"({"protocol":9})"));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].kind, FrameKind::err);
  EXPECT_THAT(frames[0].payload, HasSubstr("another version"));
  EXPECT_EQ(frames[1].kind, FrameKind::exit);
  EXPECT_EQ(frames[1].payload, "1");
}

TEST_F(Control, ACommandLineOverTheLimitIsRefusedBeforeItIsSent) {
  serve([](Console&, const Texts&) {
    ADD_FAILURE() << "it was sent";
    return 0;
  });
  const auto code = run_at_holder(folder_, {std::string(kFrameBytesMost, 'x')}, console_);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, Errc::limit_exceeded);
}

TEST_F(Control, AClientThatGoesAwayCancelsItsCommand) {
  std::promise<void> began;
  std::promise<void> cancelled;
  serve([&](Console& console, const Texts&) {
    began.set_value();
    while (!console.cancelled()) std::this_thread::yield();
    EXPECT_FALSE(console.out(std::string(8 << 20, 'x')));  // nobody reads; it does not wait for ever
    cancelled.set_value();
    return 1;
  });
  const auto fd = connect_in(folder_);
  ASSERT_TRUE(fd);
  const std::string request = encode_frame(FrameKind::request, encode({{"x"}, "/", false, 80}));
  ASSERT_EQ(::send(*fd, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  began.get_future().wait();
  ::close(*fd);
  EXPECT_EQ(cancelled.get_future().wait_for(std::chrono::seconds{30}), std::future_status::ready);
}

TEST_F(Control, AClientThatGoesAwayInTheMiddleOfItsRequestHurtsNobody) {
  serve([](Console&, const Texts&) { return 0; });
  const std::string request = encode_frame(FrameKind::request, encode({{"x"}, "/", false, 80}));
  for (const std::size_t sent : {std::size_t{0}, std::size_t{3}, std::size_t{5}, request.size() - 1}) {
    const auto fd = connect_in(folder_);
    ASSERT_TRUE(fd);
    ASSERT_EQ(::send(*fd, request.data(), sent, MSG_NOSIGNAL), static_cast<ssize_t>(sent));
    ::close(*fd);
  }
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 0);
}

TEST_F(Control, AHolderThatEndsInTheMiddleIsAnErrorAndOneThatNeverBeganIsNot) {
  const auto answer = [&](std::string_view bytes) {
    const auto listener = listen_in(folder_);
    EXPECT_TRUE(listener);
    std::thread holder{[&, fd = *listener] {
      const int client = ::accept(fd, nullptr, nullptr);
      (void)read_frame(client);
      (void)::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ::close(client);
    }};
    auto code = run_at_holder(folder_, {"x"}, console_);
    holder.join();
    ::close(*listener);
    return code;
  };
  const std::string out = encode_frame(FrameKind::out, "half");
  EXPECT_EQ(*answer(""), std::nullopt);
  EXPECT_EQ(answer(encode_frame(FrameKind::busy, "busy with this")).error().message, "busy with this");
  EXPECT_EQ(answer(out).error().code, Errc::disconnected);
  EXPECT_EQ(answer(out + out.substr(0, 6)).error().code, Errc::disconnected);
  EXPECT_EQ(answer(encode_frame(FrameKind::request, "")).error().code, Errc::bad_input);
  EXPECT_EQ(*answer(encode_frame(FrameKind::exit, "3")), 3);
  EXPECT_EQ(*answer(encode_frame(FrameKind::exit, "many")), 1);
}

TEST_F(Control, AReaderThatHasEnoughEndsTheCommandWell) {
  serve([](Console& console, const Texts&) {
    while (console.out("line\n")) continue;
    return 0;
  });
  console_.reads_ = false;
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 0);
}

TEST_F(Control, CtrlCAtTheClientEndsTheCommandThere) {
  std::promise<void> cancelled;
  serve([&](Console& console, const Texts&) {
    console_.cancelled_ = true;
    while (!console.cancelled()) std::this_thread::yield();
    console.err("stopped, nothing of it was stored\n");
    cancelled.set_value();
    return 1;
  });
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 1);
  EXPECT_EQ(console_.err_, "stopped, nothing of it was stored\n");
  EXPECT_EQ(cancelled.get_future().wait_for(std::chrono::seconds{30}), std::future_status::ready);
}

TEST_F(Control, OverTheMostAtOnceAClientIsToldToTryAgain) {
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::atomic<std::size_t> running{0};
  serve([&](Console&, const Texts&) {
    ++running;
    gone.wait();
    return 0;
  });
  std::vector<std::future<int>> held;
  for (std::size_t i = 0; i < ControlServer::kJobsMost; ++i) {
    held.push_back(std::async(std::launch::async, [this] {
      KeptConsole console;
      return (*run_at_holder(folder_, {"import"}, console)).value_or(-1);
    }));
  }
  while (running < ControlServer::kJobsMost) std::this_thread::yield();
  const auto refused = run_at_holder(folder_, {"x"}, console_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::busy);
  EXPECT_EQ(refused.error().message, "the server is busy with 8 commands (8 import); try again");
  go.set_value();
  for (auto& command : held) EXPECT_EQ(command.get(), 0);
}

TEST_F(Control, ClientsThatPauseReadingHoldUpNobodyElse) {
  std::atomic<std::size_t> ended{0};
  serve([&](Console& console, const Texts& arguments) {
    if (arguments.front() == "list") return 7;
    while (console.out(std::string(kOutputChunk, 'x'))) continue;
    ++ended;
    return 0;
  });
  const std::string request = encode_frame(FrameKind::request, encode({{"candles"}, "/", false, 80}));
  std::vector<int> paused;
  const std::size_t count = ControlServer::kJobsMost + 4;
  while (paused.size() < count) {
    const auto fd = connect_in(folder_);
    ASSERT_TRUE(fd);
    ASSERT_EQ(::send(*fd, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    // Refused while the ones before still fill their sockets, and asked again then.
    const auto first = read_frame(*fd);
    ASSERT_TRUE(first);
    if (first->kind == FrameKind::out) {
      paused.push_back(*fd);
    } else {
      ::close(*fd);
    }
  }
  for (;;) {
    const auto code = run_at_holder(folder_, {"list"}, console_);
    if (!code && code.error().code == Errc::busy) continue;
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, 7);
    break;
  }
  for (const int fd : paused) ::close(fd);
  server_->stop(false);
  EXPECT_EQ(ended, count);
}

TEST_F(Control, TheSlotOfAClientThatWentAwayIsFree) {
  serve([](Console& console, const Texts& arguments) {
    while (arguments.front() == "hang" && !console.cancelled()) std::this_thread::yield();
    return 7;
  });
  const std::string request = encode_frame(FrameKind::request, encode({{"hang"}, "/", false, 80}));
  for (std::size_t i = 0; i < 3 * ControlServer::kJobsMost; ++i) {
    const auto fd = connect_in(folder_);
    ASSERT_TRUE(fd);
    // Who comes while all are at work is told so and let go, perhaps before having asked.
    const auto sent = ::send(*fd, request.data(), request.size(), MSG_NOSIGNAL);
    ASSERT_TRUE(sent == static_cast<ssize_t>(request.size()) || errno == EPIPE || errno == ECONNRESET) << errno;
    ::close(*fd);
  }
  for (;;) {
    const auto code = run_at_holder(folder_, {"x"}, console_);
    if (!code && code.error().code == Errc::busy) continue;  // until they have noticed
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, 7);
    break;
  }
}

TEST_F(Control, AStopEndsAClientThatNeverSaysWhatItWants) {
  serve([](Console&, const Texts&) { return 0; });
  const auto fd = connect_in(folder_);
  ASSERT_TRUE(fd);
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 0);  // so the silent one was taken before
  const auto begin = std::chrono::steady_clock::now();
  server_->stop(true);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{4});  // its time for a request is 5 s
  ::close(*fd);
}

TEST_F(Control, AFileIsOpenedByTheClientAndHandedOver) {
  serve([](Console& console, const Texts& arguments) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      const auto opened = console.open_input(arguments[i]);
      if (!opened) {
        console.err(std::string{code_name(opened.error().code)} + ": " + opened.error().message + "\n");
        continue;
      }
      char text[64];
      const ssize_t got = ::read(*opened, text, sizeof text);
      console.out({text, static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
      ::close(*opened);
    }
    EXPECT_EQ(console.open_input("/etc/passwd").error().code, Errc::internal);
    return 0;
  });
  EXPECT_EQ(**run_at_holder(folder_, {"import", "locked.csv", "a", "none.csv", "b"}, console_), 0);
  EXPECT_EQ(console_.asked_, "locked.csvanone.csvb");
  EXPECT_EQ(console_.out_, "in the pipein the pipe");
  EXPECT_EQ(console_.err_, "io_error: no rights\nnot_found: there is no such file\n");
}

TEST_F(Control, ACommandThatThrowsEndsAloneAndSaysWhy) {
  serve([](Console&, const Texts&) -> int { throw std::runtime_error("a defect"); });
  EXPECT_EQ(**run_at_holder(folder_, {"x"}, console_), 1);
  EXPECT_THAT(console_.err_, HasSubstr("a defect"));
}

}  // namespace
}  // namespace cw::app
