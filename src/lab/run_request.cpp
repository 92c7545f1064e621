#include "lab/run_request.h"

#include <array>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/number.h"
#include "lab/json_members.h"
#include "lab/run_members.h"
#include "strategy/document.h"

namespace cw::lab {
namespace {

constexpr std::array<std::string_view, 2> kFills{"next_open", "close"};
constexpr std::array<std::string_view, 3> kIntrabars{"pessimistic", "adaptive", "magnifier"};
constexpr std::array<std::string_view, 2> kProtections{"default", "none"};
constexpr std::size_t kCostBytes = 200;
constexpr std::size_t kInputsMost = 64;

void put(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format(R"(,"{}":)", name);
  append_json_string(out, value);
}

void append_inputs(std::string& out, const strategy::GivenInputs& inputs) {
  out += R"(,"inputs":{)";
  bool first = true;
  for (const auto& [name, value] : inputs) {
    if (!std::exchange(first, false)) out += ',';
    append_json_string(out, name);
    out += ':';
    if (const auto* number = std::get_if<double>(&value))
      append_json_number(out, *number);
    else
      append_json_string(out, std::get<std::string>(value));
  }
  out += '}';
}

}  // namespace

void read_run_members(JsonMembers& members, RunRequest& request) {
  request.strategy = members.text("strategy", 64).value_or("");
  request.version = members.whole("version", 1, 1'000'000);
  request.document = members.text("document", strategy::kDocumentBytesMost).value_or("");
  request.symbol = members.text("symbol", 64).value_or("");
  request.timeframe = members.timeframe("timeframe");
  request.from = members.time("from");
  request.to = members.time("to");
  request.inputs = members.inputs("inputs", kInputsMost);
  if (const auto capital = members.number("capital")) request.capital = fmt::format("{}", *capital);
  if (auto commission = members.text("commission", kCostBytes)) request.commission = std::move(*commission);
  if (auto slippage = members.text("slippage", kCostBytes)) request.slippage = std::move(*slippage);
  if (members.word("fill", kFills) == "close") request.fill = trading::FillTime::close;
  const auto intrabar = members.word("intrabar", kIntrabars);
  if (intrabar == "adaptive") request.intrabar = trading::Intrabar::adaptive;
  if (intrabar == "magnifier") request.intrabar = trading::Intrabar::magnifier;
  request.protections = members.word("protections", kProtections) != "none";
  request.close_at_end = members.flag("close_at_end").value_or(false);
  request.name = members.text("name", kRunNameMost).value_or("");
  if (request.symbol.empty()) members.refuse("symbol", "'symbol' is needed.");
  if (request.strategy.empty() && request.document.empty())
    members.refuse("strategy", "Give 'strategy', the name of one, or 'document', its text.");
}

void append_run_members(std::string& out, const RunRequest& request) {
  out += R"("symbol":)";
  append_json_string(out, request.symbol);
  if (!request.strategy.empty()) put(out, "strategy", request.strategy);
  if (request.version) out += fmt::format(R"(,"version":{})", *request.version);
  if (!request.document.empty()) put(out, "document", request.document);
  if (request.timeframe) put(out, "timeframe", market::name(*request.timeframe));
  if (request.from) out += fmt::format(R"(,"from":{})", to_ms(*request.from));
  if (request.to) out += fmt::format(R"(,"to":{})", to_ms(*request.to));
  append_inputs(out, request.inputs);
  out += fmt::format(R"(,"capital":{})", request.capital);
  put(out, "commission", request.commission);
  put(out, "slippage", request.slippage);
  put(out, "fill", trading::name(request.fill));
  put(out, "intrabar", trading::name(request.intrabar));
  put(out, "protections", request.protections ? "default" : "none");
  out += fmt::format(R"(,"close_at_end":{})", request.close_at_end);
  put(out, "name", request.name);
}

Result<RunRequest> parse_run_request(std::string_view json) {
  auto read = JsonMembers::read(json);
  if (!read) return fail(Errc::bad_input, "The request is no JSON object.");
  JsonMembers& members = *read;
  RunRequest request;
  read_run_members(members, request);
  static constexpr std::array<std::string_view, 17> kKnown{
      "strategy",   "version",  "document", "symbol",   "timeframe",   "from",         "to",   "inputs", "capital",
      "commission", "slippage", "fill",     "intrabar", "protections", "close_at_end", "name", "wait_ms"};
  members.refuse_others(kKnown);
  if (members.fault()) return std::unexpected(*members.fault());
  return request;
}

std::string to_json(const RunRequest& request) {
  std::string out = "{";
  append_run_members(out, request);
  return out + "}";
}

}  // namespace cw::lab
