import { Tooltip } from '@mantine/core';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Figure, Run } from '@/lib/lab/run-schemas';
import {
  aboutFigure,
  figureName,
  figureText,
  isSigned,
  sampleText,
  unitText,
  whyWords,
} from './figure-words';
import styles from './result.module.css';

const KEYS = [
  'net_profit',
  'total_return',
  'cagr',
  'max_drawdown',
  'sharpe',
  'sortino',
  'trades',
  'win_rate',
  'profit_factor',
  'average_trade',
  'time_in_market',
  'buy_and_hold_return',
];

/** The figures that are looked at first. */
export function Headline({ run, quote }: { run: Run; quote: string }) {
  const figures = KEYS.flatMap((key) => {
    const figure = run.metrics?.[key];
    return figure ? [[key, figure] as const] : [];
  });
  if (figures.length === 0) return null;
  return (
    <Section title="Key figures">
      <dl className={styles.cards}>
        {figures.map(([key, figure]) => (
          <Card key={key} name={key} figure={figure} quote={quote} />
        ))}
      </dl>
    </Section>
  );
}

function Card({ name, figure, quote }: { name: string; figure: Figure; quote: string }) {
  const formats = useFormats();
  const text = figureText(formats, name, figure);
  const { value } = figure;
  const tone = isSigned(name) && value !== null && value !== 0 ? (value > 0 ? 'up' : 'down') : undefined;
  return (
    <div className={styles.card}>
      <dt>
        <Tooltip label={aboutFigure(formats, figure)} multiline w={280}>
          <button type="button" className={styles.about}>
            {figureName(name)}
          </button>
        </Tooltip>
      </dt>
      <dd>
        {text === null ? (
          <>
            <span className={styles.absent}>n/a</span>{' '}
            <span className={styles.n}>{whyWords(figure.why)}</span>
          </>
        ) : (
          <>
            <b data-tone={tone}>{text}</b> <span className={styles.n}>{unitText(figure, quote)}</span>
          </>
        )}
      </dd>
      <dd className={styles.n}>of {sampleText(formats, figure)}</dd>
    </div>
  );
}
