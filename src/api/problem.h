#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/http.h"

namespace cw::api {

/// What an endpoint refuses, as docs/openapi.yaml describes it. Status and title follow from the code.
struct Problem {
  std::string code;
  std::string detail;  // what was wrong and what to do about it
  std::string field{};
  std::vector<std::string> suggestions{};
  std::optional<int> retry_after_s{};
  std::string faults_json{};      // of bad_strategy: a list
  std::string diagnostic_json{};  // of bad_expression: the place, as an object
  std::string reason{};           // of a 401: what is wrong with the token, a word for WWW-Authenticate
};

/// The codes of `x-problem-codes`, with status and title.
struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
};
const std::vector<ProblemKind>& problem_kinds();

/// The problem that an Error of the rooms below is to a client. What is no fault of the request becomes `not_ready` (the
/// store or the disk does not answer) or `internal`.
Problem problem_of(const Error& error);

/// The answer as application/problem+json; `instance` is the request's path. The code must be one of problem_kinds().
net::HttpResponse problem_answer(const Problem& problem, std::string_view instance, std::string_view request_id);

}  // namespace cw::api
