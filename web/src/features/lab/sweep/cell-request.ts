import type { RunRequest } from '@/lib/lab/run-schemas';
import type { SweepCell, SweepRequest } from '@/lib/lab/sweep-schemas';

/** The test that a cell was: the sweep's settings and symbols with the cell's inputs. */
export function cellRequest(request: SweepRequest, { inputs }: SweepCell): RunRequest {
  const {
    axes: _axes,
    search: _search,
    trials: _trials,
    seed: _seed,
    objective: _objective,
    folds: _folds,
    walk_forward: _walkForward,
    purge: _purge,
    embargo: _embargo,
    name: _name,
    inputs: fixed,
    ...rest
  } = request;
  return { ...rest, inputs: { ...fixed, ...inputs } };
}
