#include "api/account_desk.h"

#include <fmt/format.h>

namespace cw::api {

net::HttpResponse json_response(int status, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.fields.set("Content-Type", "application/json");
  response.fields.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

net::HttpResponse no_content() {
  net::HttpResponse response;
  response.status = 204;
  response.fields.set("Cache-Control", "no-store");
  return response;
}

net::HttpResponse refusal(const Problem& problem, const Call& call) {
  return problem_answer(problem, call.request.path(), call.request.request_id);
}

net::HttpResponse account_refusal(const Error& error, const Call& call) {
  Problem problem = problem_of(error);
  if (error.code == Errc::busy) {
    problem = {"busy", "Too many sign-ins and changes wait. Try again in 2 s.", {}, {}, 2};
  } else if (error.code == Errc::limit_exceeded) {
    problem = {"conflict", error.message, error.field};
  }
  return refusal(problem, call);
}

net::Task<net::HttpResponse> done_from(AccountDesk& desk, WorkerPool& pool, const Call& call,
                                       std::function<Result<void>()> work) {
  struct Nothing {};
  co_return co_await answer_from<Nothing>(
      desk, pool, call,
      [work = std::move(work)]() -> Result<Nothing> {
        if (const auto done = work(); !done) return pass_on(done);
        return Nothing{};
      },
      [](const Nothing&) { return no_content(); });
}

}  // namespace cw::api
