#include "app/serve/lab_host.h"

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::app {
namespace {

std::string event_json(const lab::LabEvent& event) {
  std::string out =
      fmt::format(R"({{"kind":"{}","id":)", event.kind == records::BacktestKind::sweep ? "sweep" : "backtest");
  append_json_string(out, event.id);
  out += fmt::format(R"(,"status":"{}","progress":)", event.status);
  append_json_number(out, event.progress);
  out += fmt::format(R"(,"done":{},"total":{},"eta_ms":{},"error":{}}})", event.done, event.total,
                     event.eta_ms ? fmt::to_string(*event.eta_ms) : "null",
                     event.error_json.empty() ? "null" : event.error_json);
  return out;
}

}  // namespace

LabHost::LabHost(Parts parts) : parts_(std::move(parts)), instruments_(parts_.view.board().default_venue()) {
  lab_ = std::make_unique<lab::Lab>(
      lab::Lab::Parts{.records = parts_.records,
                      .store_of = parts_.work.store_of,
                      .signals = parts_.work.signals,
                      .find_instrument = [this](const market::InstrumentId& id) { return find(id); },
                      .find_symbol = [this](std::string_view text) { return find_symbol(text); },
                      .clock = parts_.clock,
                      .logger = parts_.logger,
                      .metrics = parts_.metrics,
                      .is_idle = parts_.is_idle,
                      .made_by = parts_.made_by,
                      .tell =
                          [this, alive = std::weak_ptr<bool>(alive_)](const std::string& user_id, lab::LabEvent event) {
                            parts_.post([this, alive, user_id, event = std::move(event)] {
                              if (!alive.expired()) heard(user_id, event);
                            });
                          },
                      .live =
                          [this, alive = std::weak_ptr<bool>(alive_)](const records::BacktestRow& row,
                                                                      std::shared_ptr<const lab::PreparedRun> run) {
                            parts_.post([this, alive, row, run = std::move(run)] {
                              if (alive.expired()) return;
                              if (run)
                                parts_.live.begin(row, run);
                              else
                                parts_.live.end(row.id);
                            });
                          }});
  desk_ =
      std::make_unique<api::LabDesk>(api::LabDesk{parts_.view, parts_.accounts, *lab_, parts_.work, parts_.records});
}

LabHost::~LabHost() {
  alive_.reset();
  lab_.reset();
}

std::vector<api::Route> LabHost::routes() {
  std::vector<api::Route> routes = api::strategy_routes(*desk_);
  std::ranges::move(api::backtest_routes(*desk_), std::back_inserter(routes));
  std::ranges::move(api::sweep_routes(*desk_), std::back_inserter(routes));
  return routes;
}

void LabHost::put_instruments(std::vector<market::Instrument> instruments) {
  const std::scoped_lock lock{mutex_};
  for (auto& instrument : instruments) instruments_.put(std::move(instrument));
}

std::optional<market::Instrument> LabHost::find(const market::InstrumentId& id) const {
  const std::scoped_lock lock{mutex_};
  const auto* const found = instruments_.find(id);
  return found == nullptr ? std::nullopt : std::optional{*found};
}

std::optional<market::InstrumentId> LabHost::find_symbol(std::string_view text) const {
  const std::scoped_lock lock{mutex_};
  const auto found = instruments_.resolve(text);
  return found ? std::optional{found->id} : std::nullopt;
}

void LabHost::resume() { lab_->resume(); }

LabHost::Listener& LabHost::listener(const std::string& user_id) {
  const auto [found, is_new] = listeners_.try_emplace(user_id);
  if (is_new) found->second.source = parts_.hub.add_source();
  return found->second;
}

void LabHost::heard(const std::string& user_id, const lab::LabEvent& event) {
  Listener& whose = listener(user_id);
  std::string text = event_json(event);
  const bool stands = event.status == "queued" || event.status == "running";
  parts_.hub.publish(whose.source, stands ? realtime::Delivery::conflatable : realtime::Delivery::durable,
                     [&text](std::string& out) { out += text; });
  if (stands)
    whose.standing[event.id] = std::move(text);
  else
    whose.standing.erase(event.id);
}

Result<realtime::Topic> LabHost::open(const realtime::Subscribe& subscribe) {
  Listener& whose = listener(subscribe.user_id);
  std::string snapshot = R"({"runs":[)";
  for (const auto& [id, text] : whose.standing) {
    if (snapshot.back() == '}') snapshot += ',';
    snapshot += text;
  }
  return realtime::Topic{
      realtime::Channel::backtests, "backtests:" + subscribe.user_id, {whose.source}, snapshot + "]}"};
}

}  // namespace cw::app
