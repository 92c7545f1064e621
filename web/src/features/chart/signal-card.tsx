import { useLayoutEffect, useRef } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { type Formats, useFormats } from '@/lib/formats';
import { DIRECTION_WORDS, HORIZONS } from '@/lib/signals/direction';
import type { SignalTurn } from '@/lib/signals/turns';
import { cameTrue, horizonWords, percent, regimeWords, scoreText } from '@/lib/signals/words';
import type { UnixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import styles from './signal-card.module.css';
import type { MarkPlace } from './signal-primitive';

/** Between a mark and its card. */
const DISTANCE = 14;
const EDGE = 8;

function outcomeOf({ signal }: SignalTurn, horizon: string): number | null {
  return signal.outcomes.find((one) => one.horizon === horizon)?.change ?? null;
}

/** All that a mark says, in words. */
export function turnWords(turn: SignalTurn, formats: Formats): string {
  const { signal, from, to } = turn;
  const outcomes = HORIZONS.flatMap((horizon) => {
    const change = outcomeOf(turn, horizon);
    if (change === null) return [];
    const came = cameTrue(signal.direction, change);
    const verdict = came === null ? '' : came ? ', as said' : ', the other way';
    return [`after ${horizonWords(horizon)} ${formats.formatChange(change)}${verdict}`];
  });
  return [
    `Signal: ${DIRECTION_WORDS[to]} at ${scoreText(signal.score)}, before ${DIRECTION_WORDS[from]}`,
    regimeWords(signal.regime),
    ...(outcomes.length > 0 ? outcomes : ['its outcomes are open']),
  ].join('; ');
}

/** What a change of direction means: the score, the regime, and what became of it. It stands beside its mark. */
export function SignalCard({
  turn,
  timeframe,
  placeOf,
}: {
  turn: SignalTurn;
  timeframe: Timeframe;
  placeOf: (time: UnixMs) => MarkPlace | null;
}) {
  const formats = useFormats();
  const card = useRef<HTMLDivElement>(null);
  const { signal, from } = turn;
  useLayoutEffect(() => {
    if (card.current) stand(card.current, placeOf(signal.bar_time));
  });
  return (
    <div ref={card} className={styles.card} role="tooltip" data-testid="signal-card">
      <p className={styles.head}>
        <DirectionMark direction={signal.direction} /> <b>{scoreText(signal.score)}</b>
        <span className={styles.quiet}>was {DIRECTION_WORDS[from]}</span>
      </p>
      <p className={styles.quiet}>
        bar of {formats.formatOpen(signal.bar_time, durationMs(timeframe))}, {regimeWords(signal.regime)},
        confidence {percent(formats, signal.confidence)}
      </p>
      <dl className={styles.outcomes}>
        {HORIZONS.map((horizon) => (
          <Outcome key={horizon} name={horizon} turn={turn} />
        ))}
      </dl>
    </div>
  );
}

function Outcome({ name, turn }: { name: (typeof HORIZONS)[number]; turn: SignalTurn }) {
  const formats = useFormats();
  const change = outcomeOf(turn, name);
  const came = cameTrue(turn.signal.direction, change);
  return (
    <div>
      <dt>after {horizonWords(name)}</dt>
      <dd>
        {change === null ? <span className={styles.quiet}>open</span> : formats.formatChange(change)}
        {came !== null && <span data-came={came}>{came ? ' ✓ as said' : ' ✗ other way'}</span>}
      </dd>
    </div>
  );
}

/** Puts the card beside the mark, away from the bar, within what it stands in. */
function stand(card: HTMLElement, place: MarkPlace | null): void {
  const room = card.offsetParent;
  card.hidden = place === null;
  if (!place || !room) return;
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const left = Math.min(room.clientWidth - width - EDGE, Math.max(EDGE, place.x - width / 2));
  const below = place.y + DISTANCE;
  const above = place.y - DISTANCE - height;
  const fits = place.below ? below + height <= room.clientHeight - EDGE : above < EDGE;
  card.style.left = `${Math.round(left)}px`;
  card.style.top = `${Math.round(Math.max(EDGE, fits ? below : above))}px`;
}
