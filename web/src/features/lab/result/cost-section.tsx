import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Run } from '@/lib/lab/run-schemas';
import { COMMISSIONS, costWords, SLIPPAGES } from '../form/costs';
import styles from '../lab.module.css';
import { Plot } from '../plots/plot';
import plots from '../plots/plots.module.css';
import { acrossOf, spanOf, upOf } from '../plots/scale';
import { type CostOutcome, type PolicyOutcome, readCostCurve, readPolicies } from './evidence';
import { moneyText, shareText } from './figure-words';
import own from './result.module.css';

/** What costs and the order of prices inside bars do to the result. */
export function CostSection({ run, quote }: { run: Run; quote: string }) {
  const curve = readCostCurve(run.cost_curve).filter((one) => one.total_return != null);
  const policies = readPolicies(run.policies);
  return (
    <>
      {(curve.length > 1 || run.costs) && (
        <Section title="Costs">
          <Paid run={run} quote={quote} />
          {curve.length > 1 && (
            <CostCurve curve={curve} even={run.break_even_bps ?? null} why={run.break_even_why} />
          )}
        </Section>
      )}
      {(policies.length > 0 || run.fills_policy) && <Policies run={run} policies={policies} quote={quote} />}
    </>
  );
}

function Paid({ run: { costs }, quote }: { run: Run; quote: string }) {
  const formats = useFormats();
  if (!costs) return null;
  return (
    <p className={own.line}>
      Commission {costWords(COMMISSIONS, costs.commission)}: <b>{moneyText(formats, costs.fees)}</b> {quote}.
      Slippage {costWords(SLIPPAGES, costs.slippage_model).toLowerCase()}:{' '}
      <b>{moneyText(formats, costs.slippage)}</b> {quote}.
      {costs.funding !== 0 && (
        <>
          {' '}
          Funding: <b>{moneyText(formats, costs.funding)}</b> {quote}.
        </>
      )}
    </p>
  );
}

function CostCurve({
  curve,
  even,
  why,
}: {
  curve: readonly CostOutcome[];
  even: number | null;
  why: string | null | undefined;
}) {
  const formats = useFormats();
  const returns = curve.map((one) => (one.total_return ?? 0) * 100);
  const most = curve.at(-1)?.bps ?? 1;
  const across = acrossOf(0, most);
  const up = upOf(...spanOf([...returns, 0], 0.08));
  const number = (value: number) => formats.formatFixed(value, Number.isInteger(value) ? 0 : 1);
  const inView = even !== null && even <= most;
  const path = curve
    .map((one, i) => `${i === 0 ? 'M' : 'L'}${across.at(one.bps)} ${up.at(returns[i] ?? 0)}`)
    .join('');
  return (
    <>
      <Plot
        label={`Total return by the cost of a fill: ${curve.map((one) => `${one.bps} bps ${shareText(formats, one.total_return ?? 0, true)}`).join(', ')}`}
        across={across}
        up={up}
        acrossName="cost of each fill, bps (instead of commission and slippage)"
        upName="total return, %"
        acrossText={number}
        upText={number}
      >
        <path className={plots.zero} d={`M${across.at(0)} ${up.at(0)}H${across.at(most)}`} />
        <path className={plots.curve} d={path} />
        {curve.map((one, i) => (
          <circle
            key={one.bps}
            className={plots.point}
            cx={across.at(one.bps)}
            cy={up.at(returns[i] ?? 0)}
            r={3.5}
          >
            <title>{`${one.bps} bps: ${shareText(formats, one.total_return ?? 0, true)}`}</title>
          </circle>
        ))}
        {inView && (
          <>
            <path className={plots.mark} d={`M${across.at(even)} ${up.at(up.to)}V${up.at(up.from)}`} />
            <text
              className={plots.note}
              x={across.at(even) + (even > most * 0.7 ? -6 : 6)}
              y={up.at(up.to) + 14}
              textAnchor={even > most * 0.7 ? 'end' : 'start'}
            >
              even at {formats.formatFixed(even, 1)} bps
            </text>
          </>
        )}
      </Plot>
      <p className={styles.fine}>
        {even !== null
          ? `At ${formats.formatFixed(even, 2)} bps a fill nothing is left of the profit.`
          : (why ?? 'It breaks even at no cost that was tried.')}
      </p>
    </>
  );
}

const TIMES: Readonly<Record<string, string>> = { next_open: 'next open', close: 'close' };

function Policies({ run, policies, quote }: { run: Run; policies: readonly PolicyOutcome[]; quote: string }) {
  const formats = useFormats();
  const ambiguous = run.fills_policy?.ambiguous_bars ?? null;
  return (
    <Section title="Fill policies">
      <p className={own.line}>
        {run.fills_policy && (
          <>
            Orders filled at the {TIMES[run.fills_policy.time] ?? run.fills_policy.time},{' '}
            {run.fills_policy.intrabar} inside a bar.{' '}
          </>
        )}
        {ambiguous === 0 && 'In no bar did the order of prices matter.'}
        {ambiguous !== null &&
          ambiguous > 0 &&
          `In ${formats.formatCount(ambiguous)} ${ambiguous === 1 ? 'bar' : 'bars'} the order of prices, which nobody knows, decided what filled.`}
      </p>
      {policies.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
        <section className={styles.scroll} aria-label="Result under each policy" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col" data-text>
                  Orders fill
                </th>
                <th scope="col" data-text>
                  Inside a bar
                </th>
                <th scope="col">Profit{quote && `, ${quote}`}</th>
                <th scope="col">Return</th>
                <th scope="col">Sharpe</th>
                <th scope="col">Drawdown</th>
                <th scope="col">Trades</th>
              </tr>
            </thead>
            <tbody>
              {policies.map((one) => (
                <tr key={`${one.time} ${one.intrabar}`} data-current={one.asked || undefined}>
                  <th scope="row">
                    {TIMES[one.time] ?? one.time}
                    {one.asked && <span className={styles.dim}> as asked</span>}
                  </th>
                  <td data-text>{one.intrabar}</td>
                  {one.run ? (
                    <>
                      <td>{one.net_profit == null ? 'n/a' : moneyText(formats, one.net_profit, true)}</td>
                      <td>{one.total_return == null ? 'n/a' : formats.formatChange(one.total_return)}</td>
                      <td>{one.sharpe == null ? 'n/a' : formats.formatFixed(one.sharpe, 2)}</td>
                      <td>{one.max_drawdown == null ? 'n/a' : shareText(formats, one.max_drawdown)}</td>
                      <td>{one.trades == null ? 'n/a' : formats.formatCount(one.trades)}</td>
                    </>
                  ) : (
                    <td colSpan={5} data-absent>
                      no finer bars are stored
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Section>
  );
}
