#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/console.h"
#include "app/data_folder.h"
#include "base/error.h"
#include "base/log.h"

namespace cw::app {

/// Runs other processes' commands while this one holds the data folder. Each command has a thread of its own. While
/// `kJobsMost` are at work, or `kClientsMost` are there, a further client is told what the server is busy with and to try
/// again. A command whose client does not read on is not at work: it holds up itself alone, and after `kReaderPatience` it is
/// ended. A client that goes away, or closes its writing half, cancels its command.
class ControlServer {
 public:
  static constexpr std::size_t kJobsMost = 8;
  static constexpr std::size_t kClientsMost = 32;

  /// Runs one command line for somebody else; answers the exit code. Called on several threads at once.
  using Handler = std::function<int(Console&, const std::vector<std::string>& arguments)>;

  /// Listens in `folder`, whose lock the caller holds.
  static Result<std::unique_ptr<ControlServer>> start(const DataFolder& folder, Handler handler, Logger& logger);

  /// Takes no more commands and waits for those that run; with `cancel` they are told to stop. Removes the socket.
  void stop(bool cancel);
  ~ControlServer();

 private:
  struct Job;
  ControlServer(DataFolder folder, int listener, Handler handler, Logger& logger);
  void accept_all();
  void take(int client);
  void run(Job& job);
  std::string busy_with() const;
  void reap();

  DataFolder folder_;
  int listener_;
  int wake_[2] = {-1, -1};
  Handler handler_;
  Logger& logger_;
  std::atomic<bool> cancel_{false};
  bool stopped_ = false;
  std::list<std::unique_ptr<Job>> jobs_;  // of the accepting thread alone, until that has ended
  std::thread accepting_;
};

}  // namespace cw::app
