// @vitest-environment jsdom
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import type { Plot } from '@/lib/language/types';
import type { ChartIndicator } from '@/lib/layouts/chart-layout';
import { installBrowserParts, show } from '@/lib/testing';
import { unixMs } from '@/lib/time';
import { OverlayIndicators, PaneIndicators } from './indicator-legend';
import type { LoadedIndicator } from './use-indicators';

beforeEach(installBrowserParts);

const actions = { change: vi.fn(), remove: vi.fn(), configure: vi.fn(), resize: vi.fn() };
const plot = (title: string, more: Partial<Plot> = {}): Plot => ({
  title,
  type: 'float',
  overlay: false,
  event: false,
  ...more,
});

function loaded(
  id: string,
  text: string,
  plots: readonly Plot[],
  values: readonly (number | null)[],
  more: Partial<ChartIndicator> = {},
): LoadedIndicator {
  return {
    indicator: { id, text, inputs: {}, pane: 'own', colors: ['3'], visible: true, ...more },
    data: {
      phase: 'ready',
      problem: null,
      notLive: null,
      values: {
        plots,
        times: [unixMs(60_000), unixMs(120_000)],
        columns: values.map((value) => [1, value]),
        provisional: null,
      },
    },
  };
}

const RSI = loaded('a', 'ta.rsi(close,\n  14)', [plot('rsi')], [61.239]);
const MACD = loaded(
  'b',
  'ta.macd(close, 12, 26, 9)',
  [plot('macd'), plot('signal'), plot('hist')],
  [1_234_567, -0.00123, null],
);
const ABOVE = loaded('c', 'close > open', [plot('close > open', { type: 'bool' })], [1], { pane: 'overlay' });
const props = { paneTops: {}, cursor: null, tickSize: '0.01', actions };
const rows = () => screen.getAllByTestId('indicator').map((one) => one.textContent);

describe('the legend of indicators', () => {
  it('says what each has at the newest bar, and at the one under the cursor', () => {
    const { again } = show(<OverlayIndicators {...props} indicators={[RSI, MACD, ABOVE]} />);
    expect(rows()).toEqual([
      'ta.rsi(close, 14)61.24',
      'ta.macd(close, 12, 26, 9)macd 1.235Msignal −0.001230hist –',
      'close > openyes',
    ]);
    again(<OverlayIndicators {...props} indicators={[RSI]} cursor={unixMs(60_000)} />);
    expect(rows()).toEqual(['ta.rsi(close, 14)1.00']);
    again(<OverlayIndicators {...props} indicators={[RSI]} cursor={unixMs(1)} />);
    expect(rows()).toEqual(['ta.rsi(close, 14)–']);
  });

  it('names a script by its title and keeps the whole text at hand', () => {
    const text = 'indicator("Level")\nplot(close * 1e300, "LV")';
    const huge = loaded('d', text, [plot('LV', { overlay: true })], [-1.5e300]);
    show(<OverlayIndicators {...props} indicators={[huge]} />);
    expect(rows()).toEqual(['Level−1.5e300']);
    expect(screen.getByText('Level').title).toBe(text);
  });

  it('says beside the values why they are not live', () => {
    const cut = { ...RSI, data: { ...RSI.data, notLive: 'Too many expressions are watched.' } };
    show(<OverlayIndicators {...props} indicators={[cut]} />);
    expect(screen.getByRole('status').textContent).toContain('not live: Too many expressions are watched.');
    expect(rows()[0]).toContain('61.24');
  });

  it('has each row at its pane, and the rest over the candles', () => {
    const all = { ...props, indicators: [RSI, ABOVE], paneTops: { a: 300 } };
    const { container } = show(
      <>
        <OverlayIndicators {...all} />
        <PaneIndicators {...all} />
      </>,
    );
    expect(rows()).toEqual(['close > openyes', 'ta.rsi(close, 14)61.24']);
    expect(container.querySelector<HTMLElement>('[style*="top"]')?.style.top).toBe('304px');
  });

  it('hides, opens the settings of, and removes the one that is meant', async () => {
    show(<OverlayIndicators {...props} indicators={[RSI, MACD]} />);
    await userEvent.click(screen.getByRole('button', { name: 'Hide ta.rsi(close, 14)' }));
    expect(actions.change).toHaveBeenCalledExactlyOnceWith('a', { visible: false });
    await userEvent.click(screen.getByRole('button', { name: 'Settings of ta.macd(close, 12, 26, 9)' }));
    await userEvent.click(screen.getByRole('button', { name: 'ta.rsi(close, 14)' }));
    expect(actions.configure.mock.calls).toEqual([['b'], ['a']]);
    await userEvent.click(screen.getByRole('button', { name: 'Remove ta.macd(close, 12, 26, 9)' }));
    expect(actions.remove).toHaveBeenCalledExactlyOnceWith('b');
  });

  it('offers to show what is hidden, without its values', () => {
    show(
      <OverlayIndicators
        {...props}
        indicators={[{ ...RSI, indicator: { ...RSI.indicator, visible: false } }]}
      />,
    );
    expect(rows()).toEqual(['ta.rsi(close, 14)']);
    expect(screen.getByRole('button', { name: 'Show ta.rsi(close, 14)' })).toBeDefined();
  });

  it('says why there is nothing', () => {
    const problem = new ApiProblem({ code: 'bad_expression', status: 400, detail: 'There is no ta.rsj.' });
    const data = { ...RSI.data, phase: 'failed' as const, problem };
    show(<OverlayIndicators {...props} indicators={[{ ...RSI, data }]} />);
    expect(screen.getByRole('alert').textContent).toContain('There is no ta.rsj.');
  });

  it('folds its rows away', async () => {
    show(<OverlayIndicators {...props} indicators={[RSI, MACD]} />);
    await userEvent.click(screen.getByRole('button', { name: 'Fold', expanded: true }));
    expect(screen.queryAllByTestId('indicator')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: '2 indicators', expanded: false }));
    expect(within(document.body).getAllByTestId('indicator')).toHaveLength(2);
  });
});
