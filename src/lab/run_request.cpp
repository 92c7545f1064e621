#include "lab/run_request.h"

#include <algorithm>
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
constexpr std::size_t kSymbolBytes = kSymbolsMost * 64;
constexpr std::size_t kInputsMost = 64;

void put(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format(R"(,"{}":)", name);
  append_json_string(out, value);
}

void put_number(std::string& out, std::string_view name, double value) {
  out += fmt::format(R"(,"{}":)", name);
  append_json_number(out, value);
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

Result<std::vector<std::string>> symbols_of(std::string_view list) {
  const auto wrong = [](std::string sentence) {
    return std::unexpected(Error{Errc::bad_parameter, std::move(sentence), {}, "symbol"});
  };
  if (list.empty()) return wrong("'symbol' is needed.");
  std::vector<std::string> out;
  for (std::string_view rest = list; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.empty() || end + 1 == rest.size()) return wrong("A symbol between the commas is empty.");
    if (std::ranges::find(out, one) != out.end()) return wrong(fmt::format("{} is named twice.", one));
    out.emplace_back(one);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (out.size() > kSymbolsMost) return wrong(fmt::format("A run takes at most {} symbols.", kSymbolsMost));
  return out;
}

void read_run_members(JsonMembers& members, RunRequest& request) {
  request.strategy = members.text("strategy", 64).value_or("");
  request.version = members.whole("version", 1, 1'000'000);
  request.document = members.text("document", strategy::kDocumentBytesMost).value_or("");
  request.symbol = members.text("symbol", kSymbolBytes).value_or("");
  request.timeframe = members.timeframe("timeframe");
  request.from = members.time("from");
  request.to = members.time("to");
  request.inputs = members.inputs("inputs", kInputsMost);
  if (const auto capital = members.number("capital")) request.capital = fmt::format("{}", *capital);
  if (auto commission = members.text("commission", kCostBytes)) request.commission = std::move(*commission);
  if (auto slippage = members.text("slippage", kCostBytes)) request.slippage = std::move(*slippage);
  if (auto funding = members.text("funding", kCostBytes)) request.funding = std::move(*funding);
  if (members.word("fill", kFills) == "close") request.fill = trading::FillTime::close;
  const auto intrabar = members.word("intrabar", kIntrabars);
  if (intrabar == "adaptive") request.intrabar = trading::Intrabar::adaptive;
  if (intrabar == "magnifier") request.intrabar = trading::Intrabar::magnifier;
  request.protections = members.word("protections", kProtections) != "none";
  request.close_at_end = members.flag("close_at_end").value_or(false);
  request.max_positions = static_cast<int>(members.whole("max_positions", 0, 1'000).value_or(0));
  request.exposure_percent = members.number("exposure_percent").value_or(100);
  request.symbol_exposure_percent = members.number("symbol_exposure_percent");
  request.name = members.text("name", kRunNameMost).value_or("");
  if (const auto symbols = symbols_of(request.symbol); !symbols) members.refuse("symbol", symbols.error().message);
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
  if (request.funding != "none") put(out, "funding", request.funding);
  put(out, "fill", trading::name(request.fill));
  put(out, "intrabar", trading::name(request.intrabar));
  put(out, "protections", request.protections ? "default" : "none");
  out += fmt::format(R"(,"close_at_end":{})", request.close_at_end);
  if (request.max_positions != 0) out += fmt::format(R"(,"max_positions":{})", request.max_positions);
  if (request.exposure_percent != 100) put_number(out, "exposure_percent", request.exposure_percent);
  if (request.symbol_exposure_percent) put_number(out, "symbol_exposure_percent", *request.symbol_exposure_percent);
  put(out, "name", request.name);
}

std::span<const std::string_view> run_request_members() {
  static constexpr std::string_view kMembers[] = {"strategy",
                                                  "version",
                                                  "document",
                                                  "symbol",
                                                  "timeframe",
                                                  "from",
                                                  "to",
                                                  "inputs",
                                                  "capital",
                                                  "commission",
                                                  "slippage",
                                                  "funding",
                                                  "fill",
                                                  "intrabar",
                                                  "protections",
                                                  "close_at_end",
                                                  "max_positions",
                                                  "exposure_percent",
                                                  "symbol_exposure_percent",
                                                  "name",
                                                  "wait_ms"};
  return kMembers;
}

Result<RunRequest> parse_run_request(std::string_view json) {
  auto read = JsonMembers::read(json);
  if (!read) return fail(Errc::bad_input, "The request is no JSON object.");
  JsonMembers& members = *read;
  RunRequest request;
  read_run_members(members, request);
  members.refuse_others(run_request_members());
  if (members.fault()) return std::unexpected(*members.fault());
  return request;
}

std::string to_json(const RunRequest& request) {
  std::string out = "{";
  append_run_members(out, request);
  return out + "}";
}

}  // namespace cw::lab
