import type { ReactNode } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { useFormats } from '@/lib/formats';
import { ratingDirection } from '@/lib/signals/direction';
import type { SignalAnswer } from '@/lib/signals/schemas';
import { percent, probabilityText, regimeWords, scoreText } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import { ScoreDial } from './score-dial';
import styles from './symbol.module.css';
import { trackRecordWords, waitingWords } from './symbol-words';

/** What a symbol says now: the dial, the figures beside it, and the reasons in a sentence. */
export function SymbolHead({
  answer,
  price,
  old,
}: {
  answer: SignalAnswer;
  /** As the price is written. */
  price: string | null;
  /** Whether it may be old: then it does not look fresh. */
  old: boolean;
}) {
  const formats = useFormats();
  const lead = answer.timeframes.find((one) => one.timeframe === answer.timeframe);
  const record = trackRecordWords(answer, formats);
  const waiting = waitingWords(answer, formats);
  return (
    <div className={styles.head} data-old={old || undefined}>
      <div className={styles.dial}>
        <ScoreDial score={answer.score} direction={answer.direction} />
      </div>
      <div className={styles.said}>
        <p className={styles.sentence}>{answer.sentence}</p>
        {record && <p className={styles.record}>{record}</p>}
        {waiting && <p className={styles.record}>{waiting}</p>}
      </div>
      <dl className={styles.facts}>
        <Fact name="Direction">
          <DirectionMark direction={answer.direction} />
        </Fact>
        <Fact name="Confidence" about="Share of the votes that points the way of the score">
          {answer.confidence === null ? '–' : percent(formats, answer.confidence)}
        </Fact>
        <Fact name="Probability" about="Calibrated chance that a trade that way ends above its costs">
          {probabilityText(formats, answer.probability, answer.direction)}
        </Fact>
        <Fact name="Regime">{regimeWords(answer.regime)}</Fact>
        <Fact name="TradingView’s rating">
          <Rating rating={lead?.rating_tradingview ?? null} />
        </Fact>
        <Fact name="Leading timeframe">
          {answer.timeframe === null ? 'none' : timeframeName(answer.timeframe)}
        </Fact>
        {price !== null && <Fact name="Price">{price}</Fact>}
        <Fact name="As of">{answer.as_of === null ? '–' : formats.formatMoment(answer.as_of)}</Fact>
        <Fact name="Model">
          <Model ai={answer.ai} technical={answer.technical.score} />
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, about, children }: { name: string; about?: string; children: ReactNode }) {
  return (
    <div title={about}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Rating({ rating }: { rating: number | null }) {
  const formats = useFormats();
  if (rating === null) return 'none';
  return (
    <>
      <DirectionMark direction={ratingDirection(rating)} />
      <span className={styles.quiet}>{formats.formatFixed(rating, 2)}</span>
    </>
  );
}

function Model({ ai, technical }: { ai: SignalAnswer['ai']; technical: number | null }) {
  const formats = useFormats();
  if (ai.status === 'no_model') return 'none: indicators alone';
  const up = ai.probability_up === null ? '' : `, rise ${percent(formats, ai.probability_up)}`;
  return (
    <span title={ai.model_id ?? undefined}>
      {scoreText(ai.score)}
      {up} <span className={styles.quiet}>(indicators alone {scoreText(technical)})</span>
    </span>
  );
}
