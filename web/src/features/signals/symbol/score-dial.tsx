import {
  BAND_EDGES,
  DIRECTION_ARROWS,
  DIRECTION_WORDS,
  DIRECTIONS,
  type Direction,
  toneOf,
} from '@/lib/signals/direction';
import { scoreText } from '@/lib/signals/words';
import styles from './score-dial.module.css';

const CENTRE = { x: 120, y: 116 };
const RADIUS = 88;
/** Between two bands, in points of the score. */
const GAP = 0.5;

/** Where a score is on a half circle: 0 at the left, 100 at the right. */
export function onDial(score: number, radius: number): { readonly x: number; readonly y: number } {
  const angle = Math.PI * (1 - score / 100);
  return {
    x: Number((CENTRE.x + radius * Math.cos(angle)).toFixed(2)),
    y: Number((CENTRE.y - radius * Math.sin(angle)).toFixed(2)),
  };
}

function arc(from: number, to: number): string {
  const [start, end] = [onDial(from, RADIUS), onDial(to, RADIUS)];
  return `M${start.x} ${start.y}A${RADIUS} ${RADIUS} 0 0 1 ${end.x} ${end.y}`;
}

/** A score on its scale from 0 to 100 with the five bands. */
export function ScoreDial({ score, direction }: { score: number | null; direction: Direction | null }) {
  const words = direction === null ? 'no signal' : DIRECTION_WORDS[direction];
  const label = score === null ? 'No score yet' : `Score ${scoreText(score)} of 100: ${words}`;
  return (
    <svg className={styles.dial} viewBox="0 0 240 132" role="img" aria-label={label}>
      {DIRECTIONS.map((band, index) => {
        const [from, to] = [BAND_EDGES[index] ?? 0, BAND_EDGES[index + 1] ?? 100];
        return (
          <path
            key={band}
            className={styles.band}
            data-tone={toneOf(band)}
            data-strong={band.startsWith('strong') || undefined}
            d={arc(from === 0 ? 0 : from + GAP, to === 100 ? 100 : to - GAP)}
          />
        );
      })}
      {BAND_EDGES.map((edge) => {
        const { x, y } = onDial(edge, RADIUS + 18);
        const anchor = edge < 40 ? 'end' : edge > 60 ? 'start' : 'middle';
        const sideways = edge === 0 || edge === 100;
        return (
          <text
            key={edge}
            className={styles.edge}
            x={sideways ? onDial(edge, RADIUS).x : x}
            y={sideways ? y + 14 : y}
            textAnchor={sideways ? 'middle' : anchor}
          >
            {edge}
          </text>
        );
      })}
      {score !== null && <Pointer score={score} />}
      <text className={styles.score} x={CENTRE.x} y={CENTRE.y - 20} textAnchor="middle">
        {scoreText(score)}
      </text>
      <text
        className={styles.words}
        x={CENTRE.x}
        y={CENTRE.y + 4}
        textAnchor="middle"
        data-tone={toneOf(direction)}
      >
        {direction && `${DIRECTION_ARROWS[direction]} `}
        {words}
      </text>
    </svg>
  );
}

/** A wedge across the band, its tip at the score. */
function Pointer({ score }: { score: number }) {
  const tip = onDial(score, RADIUS - 9);
  const [left, right] = [onDial(score - 3.2, RADIUS - 24), onDial(score + 3.2, RADIUS - 24)];
  const outer = onDial(score, RADIUS + 9);
  return (
    <>
      <path className={styles.hand} d={`M${tip.x} ${tip.y}L${outer.x} ${outer.y}`} />
      <path className={styles.pointer} d={`M${tip.x} ${tip.y}L${left.x} ${left.y}L${right.x} ${right.y}Z`} />
    </>
  );
}
