import { useFormats } from '@/lib/formats';
import styles from '../lab.module.css';
import { Plot } from '../plots/plot';
import plots from '../plots/plots.module.css';
import { acrossOf, spanOf, upOf } from '../plots/scale';
import type { Fan } from './evidence';

/** Where the capital would be with the run's stretches in another order: the wide band holds 90 of 100 paths, the narrow one 50. */
export function FanPlot({ fan }: { fan: Fan }) {
  const formats = useFormats();
  const after = [0, ...fan.after];
  const bands = [[1, 1, 1, 1, 1], ...fan.bands];
  const across = acrossOf(0, after.at(-1) ?? 1);
  const up = upOf(...spanOf(bands.flat()));
  const point = (i: number, which: number) => `${across.at(after[i] ?? 0)} ${up.at(bands[i]?.[which] ?? 1)}`;
  const line = (which: number) => after.map((_, i) => point(i, which)).join('L');
  const back = (which: number) =>
    after
      .map((_, i) => point(i, which))
      .reverse()
      .join('L');
  const last = bands.at(-1) ?? [];
  const times = (value: number) => `${formats.formatFixed(value, 2)}×`;
  return (
    <>
      <Plot
        label={`Paths of the capital: at the end 5 of 100 are under ${times(last[0] ?? 1)}, half under ${times(last[2] ?? 1)}, 95 of 100 under ${times(last[4] ?? 1)}`}
        across={across}
        up={up}
        acrossName="periods"
        upName="capital, times"
        acrossText={(value) => formats.formatCount(value)}
        upText={(value) => formats.formatFixed(value, 2)}
      >
        <path className={plots.bandWide} d={`M${line(0)}L${back(4)}Z`} />
        <path className={plots.bandNarrow} d={`M${line(1)}L${back(3)}Z`} />
        <path className={plots.curve} d={`M${line(2)}`} />
        <path className={plots.zero} d={`M${across.at(0)} ${up.at(1)}H${across.at(across.to)}`} />
      </Plot>
      <p className={styles.fine}>
        The run’s own stretches in another order: 90 of 100 paths stay in the wide band, half of them in the
        narrow one; the line is the middle one.
      </p>
    </>
  );
}
