#include "evaluation/evaluate.h"

#include <algorithm>
#include <vector>

namespace cw::evaluation {

Result<EvaluationSummary> evaluate(const Program& program, BarSource& bars, Timestamp from, const RowSink& sink,
                                   const EvaluationContext& context) {
  const auto outputs = program.outputs();
  auto plan = expr::Plan::make(program.graph, outputs, context.named);
  if (!plan) return pass_on(plan);
  std::optional<StoredOtherBars> others;
  if (!plan->feeds().empty()) {
    if (!context.store_of) return fail(Errc::unsupported, "other symbols are not known where the candles are a file's");
    others.emplace(context.store_of, plan->feeds());
  }

  // Bars that were stored after what is given from outside was made wait for another time.
  const auto known_until = context.named != nullptr ? context.named->known_until() : std::nullopt;
  const auto known_bars =
      known_until ? bars_until(bars, *known_until - market::duration(program.timeframe) + Millis{1}) : nullptr;
  BarSource& source = known_bars ? *known_bars : bars;

  EvaluationSummary summary;
  market::CandleColumns rows;
  std::vector<std::vector<double>> values(outputs.size());
  std::vector<double*> columns(outputs.size());
  std::vector<const double*> answered(outputs.size());
  for (;;) {
    if (context.cancelled && context.cancelled()) return fail(Errc::cancelled, "the evaluation was ended");
    const auto more = source.next(rows);
    if (!more) return pass_on(more);
    if (!*more) break;
    if (!summary.first_bar && !rows.empty()) summary.first_bar = from_ms(rows.open_time_ms.front());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i].resize(rows.size());
      columns[i] = values[i].data();
    }
    plan->run(rows.view(), columns, others ? &*others : nullptr);
    if (others && others->error()) return std::unexpected(*others->error());

    const auto begin = std::ranges::lower_bound(rows.open_time_ms, to_ms(from));
    const auto skipped = static_cast<std::size_t>(begin - rows.open_time_ms.begin());
    summary.warm_up_rows += skipped;
    if (skipped == rows.size()) continue;
    summary.rows += rows.size() - skipped;
    for (std::size_t i = 0; i < values.size(); ++i) answered[i] = values[i].data() + skipped;
    if (!sink(rows.view().subspan(skipped, rows.size() - skipped), answered)) break;
  }
  return summary;
}

}  // namespace cw::evaluation
