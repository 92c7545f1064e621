#include "backtest/report/report_html.h"

#include <fmt/format.h>

#include "backtest/report/html_sections.h"
#include "backtest/report/html_text.h"

namespace cw::backtest {
namespace {

void append_drawing(std::string& out, std::string_view id, std::string_view title, std::string_view label) {
  out += fmt::format("<figure id=\"{}\" aria-label=\"{}\"><figcaption>{}</figcaption></figure>\n", id, label, title);
}

void append_drawings(std::string& out, const ReportInput& input) {
  const auto& extras = input.extras;
  out += "<section class=\"drawings\">\n";
  append_drawing(out, "distribution", "Returns of trades <small>percent of what each one cost</small>",
                 "How often trades returned how much");
  append_drawing(out, "excursions",
                 "Worst and best price of each trade <small>MAE and MFE, percent of the entry price</small>",
                 "The worst price of each trade against the best");
  if (extras.costs)
    append_drawing(out, "costs", "Return by cost of a fill <small>commission and slippage together, bps</small>",
                   "Return by what a fill costs");
  if (extras.robustness && extras.robustness->monte_carlo)
    append_drawing(out, "fan",
                   "Monte Carlo <small>growth of the capital with its stretches in other orders, by returns since the "
                   "begin: the median, the bands of 50 % and "
                   "90 % of the paths</small>",
                   "The bands of growth in resampled runs");
  out += "</section>\n";
}

}  // namespace

std::string report_html(const ReportInput& input) {
  const std::string_view title = input.title.empty() ? std::string_view{input.facts.strategy} : input.title;
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{} on {} {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      escaped(title), escaped(instruments_text(input.facts)), market::name(input.facts.timeframe), report_style());
  append_head(out, input);
  out += "<main>\n";
  append_key_figures(out, input);
  out += "<section id=\"run\"><h2>Equity and drawdown</h2>\n";
  append_drawing(out, "equity", "", "Equity, buy and hold, and drawdown over time");
  out += "</section>\n<section id=\"chart\"><h2>Price and trades</h2>\n";
  append_drawing(out, "price", "", "Prices with the entries and exits of trades");
  out += "</section>\n";
  append_symbols(out, input);
  append_calendar(out, input.metrics);
  append_drawings(out, input);
  append_policies(out, input.extras);
  append_robustness(out, input.extras);
  append_leaks(out, input.extras);
  out += "<section id=\"trades\"><h2>Trades</h2>\n<noscript>The table is made by a script.</noscript></section>\n";
  append_peer(out, input.extras);
  append_all_figures(out, input.metrics);
  out += "</main>\n";
  out += fmt::format("<footer>{}{}Times are UTC. What was earned on history is no promise.</footer>\n",
                     escaped(input.made_by), input.made_by.empty() ? "" : ". ");
  out +=
      fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n</body>\n</html>\n",
                  page_data(input), report_script());
  return out;
}

}  // namespace cw::backtest
