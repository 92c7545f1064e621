import { Choice } from '@/components/choice';
import { HORIZONS, type Horizon } from '@/lib/signals/direction';
import { horizonWords } from '@/lib/signals/words';

/** How long a signal is given to come true. */
export function HorizonChoice({
  value,
  label = 'Horizon',
  onChange,
}: {
  value: Horizon;
  label?: string;
  onChange: (horizon: Horizon) => void;
}) {
  return <Choice label={label} values={HORIZONS} value={value} about={horizonWords} onChange={onChange} />;
}
