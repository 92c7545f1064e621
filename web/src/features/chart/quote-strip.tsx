import { PracticeBadge } from '@/components/practice-badge';
import type { Instrument, Ticker } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { direction } from '@/lib/numbers';
import styles from './quote-strip.module.css';

const ARROW = { up: '▲', down: '▼', flat: '' } as const;

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Which instrument the chart shows, and its price now. */
export function QuoteStrip({
  instrument,
  ticker,
  market,
  stale,
}: {
  instrument: Instrument;
  ticker: Ticker | undefined;
  market: 'live' | 'practice' | 'replay';
  /** Why the price may be old; null while it is live. */
  stale: string | null;
}) {
  const { formatChange, formatMoment, formatOffset, formatPrice, formatVolume } = useFormats();
  const price = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : formatPrice(value, instrument.tick_size);
  const change = ticker?.change_24h ?? null;
  const tone = direction(change);
  return (
    <div className={styles.strip}>
      <div className={styles.who}>
        <h1 className={styles.symbol}>
          {instrument.base}
          <span className={styles.quote}>/{instrument.quote}</span>
        </h1>
        <span className={styles.venue}>{instrument.venue}</span>
        {instrument.practice ? (
          <PracticeBadge market="practice" />
        ) : (
          market === 'replay' && <PracticeBadge market="replay" />
        )}
      </div>
      <div className={styles.now} data-stale={stale !== null || undefined} title={stale ?? undefined}>
        <span className={styles.price} data-testid="last-price">
          {price(ticker?.price)}
        </span>
        {change !== null && (
          <span className={styles.change} data-tone={tone} title="Against 24 hours ago">
            {ARROW[tone]} {formatChange(change)}
          </span>
        )}
        {stale && <span className={styles.stale}>{stale}</span>}
      </div>
      <dl className={styles.facts}>
        <Fact name="Bid">{price(ticker?.bid)}</Fact>
        <Fact name="Ask">{price(ticker?.ask)}</Fact>
        <Fact name={`24h volume, ${instrument.base}`}>
          {ticker?.volume_24h === null || ticker?.volume_24h === undefined
            ? '–'
            : formatVolume(ticker.volume_24h)}
        </Fact>
        {!instrument.followed && ticker?.time && (
          <Fact name={`Last bar, ${formatOffset(ticker.time)}`}>{formatMoment(ticker.time)}</Fact>
        )}
      </dl>
    </div>
  );
}
