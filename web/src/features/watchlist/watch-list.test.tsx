// @vitest-environment jsdom
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ComponentProps, createRef } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { instrumentId } from '@/lib/market/instrument';
import { summarySchema } from '@/lib/signals/schemas';
import { installBrowserParts, listed, show, ticker } from '@/lib/testing';
import { signalSummary } from '@/lib/testing-signals';
import { unixMs } from '@/lib/time';
import { WatchList } from './watch-list';

const ALL = [listed('BTC'), listed('ETH'), listed('SOL')];
const TICKERS = [ticker('BTC', 87_610.05, 0.0124), ticker('ETH', 2971.4, -0.02), ticker('SOL', 124.2)];

const MOODS = [
  { symbol: 'BTCUSDT', mood: 0.9, price: 87_610 },
  { symbol: 'ETHUSDT', mood: -0.9, price: 2971 },
];
const SIGNALS = new Map(
  MOODS.map((mood) => {
    const summary = summarySchema.parse(signalSummary(mood, '4h', 1_767_236_400_000));
    return [instrumentId(summary), summary];
  }),
);

function list(onSelect = vi.fn(), instruments = ALL, more: Partial<ComponentProps<typeof WatchList>> = {}) {
  const search = createRef<HTMLInputElement>();
  show(
    <WatchList
      instruments={instruments}
      own={null}
      signals={SIGNALS}
      onSave={async () => {}}
      selected={instrumentId(listed('ETH'))}
      market="practice"
      live
      absent="none"
      search={search}
      onSelect={onSelect}
      {...more}
    />,
    TICKERS,
  );
  return onSelect;
}

const options = () => within(screen.getByRole('grid', { name: 'Instruments' })).queryAllByRole('row');
const rows = () => options().map((row) => row.textContent?.slice(0, 3));

beforeEach(() => {
  installBrowserParts();
  localStorage.clear();
});

describe('the watch list', () => {
  it('shows price and change of each instrument, and that the market is a practice one', () => {
    list();
    const btc = within(options()[0] as HTMLElement);
    expect(btc.getByText('87,610.05')).toBeTruthy();
    expect(btc.getByText('+1.24%')).toBeTruthy();
    expect(screen.getByText('Practice')).toBeTruthy();
    expect(options().find((row) => row.ariaSelected === 'true')?.textContent).toContain('ETH');
  });

  it('narrows down as one types, and Enter takes the first', async () => {
    const onSelect = list();
    const field = screen.getByRole('textbox', { name: 'Search the watch list' });
    await userEvent.type(field, 'so');
    expect(rows()).toEqual(['SOL']);
    await userEvent.keyboard('{Enter}');
    expect(onSelect).toHaveBeenCalledExactlyOnceWith(ALL[2]);
    await userEvent.keyboard('{Escape}');
    expect(rows()).toHaveLength(3);
  });

  it('says when nothing is found, and offers all again', async () => {
    list();
    await userEvent.type(screen.getByRole('textbox'), 'doge');
    expect(screen.getByText('Nothing found')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(rows()).toHaveLength(3);
  });

  it('is walked with the arrows from the search field and back', async () => {
    const onSelect = list();
    await userEvent.click(screen.getByRole('textbox'));
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{End}{Home}{ArrowDown}');
    expect(document.activeElement?.textContent).toContain('ETH');
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(onSelect).toHaveBeenCalledExactlyOnceWith(ALL[2]);
    await userEvent.keyboard('{Home}{ArrowUp}');
    expect(document.activeElement).toBe(screen.getByRole('textbox'));
  });

  it('says of each symbol what its signals say, in words too, and leads to their page', async () => {
    const onSelect = list();
    const link = (name: RegExp) => screen.getByRole('link', { name });
    const btc = link(/^Signals of BTCUSDT: \d+ (strong )?buy$/);
    expect(btc.getAttribute('href')).toBe('/signals/BTCUSDT');
    expect(btc.textContent).toMatch(/buy/);
    expect(link(/^Signals of ETHUSDT: \d+ (strong )?sell$/)).toBeTruthy();
    expect(link(/^Signals of SOLUSDT: no signal$/)).toBeTruthy();
    await userEvent.click(btc);
    expect(location.pathname).toBe('/signals/BTCUSDT');
    expect(onSelect).not.toHaveBeenCalled();
  });

  it('has its links on the right of a row, by the arrows', async () => {
    const onSelect = list();
    await userEvent.click(screen.getByRole('textbox'));
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    expect(document.activeElement?.getAttribute('href')).toBe('/signals/BTCUSDT');
    await userEvent.keyboard('{ArrowLeft}');
    expect(document.activeElement).toBe(options()[0]);
    await userEvent.keyboard('{ArrowRight}{ArrowDown}');
    expect(document.activeElement).toBe(options()[1]);
    await userEvent.keyboard('{ArrowRight}{Enter}');
    expect(location.pathname).toBe('/signals/ETHUSDT');
    expect(onSelect).not.toHaveBeenCalled();
  });

  it('does not say that there is no signal before that is known', () => {
    list(vi.fn(), ALL, { signals: null });
    expect(screen.getByRole('link', { name: 'Signals of BTCUSDT' })).toBeTruthy();
    expect(screen.queryByText('no signal')).toBeNull();
  });

  it('does not show what is stale as if it were fresh', () => {
    const old = new Map(
      [...SIGNALS].map(([id, one]) => [id, { ...one, stale: true, stale_since: unixMs(0) }]),
    );
    list(vi.fn(), ALL, { signals: old });
    const link = screen.getByRole('link', { name: /^Signals of BTCUSDT: .* stale since 1970-01-01 00:00$/ });
    expect(link.textContent).toContain('stale');
    expect(link.dataset.stale).toBe('true');
  });

  it('can be ordered by change, and remembers it', async () => {
    list();
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Order of the watch list' }),
      'Fallen most',
    );
    expect(rows()).toEqual(['ETH', 'BTC', 'SOL']);
    expect(localStorage.getItem('candlewick.watch-order')).toBe('losers');
  });

  it('marks its prices while they may be old', () => {
    list(vi.fn(), ALL, { live: false });
    expect(screen.getByRole('navigation').dataset.stale).toBe('true');
  });

  it('does not say that there are none before the server has told', () => {
    list(vi.fn(), [], { absent: 'loading' });
    expect(screen.getByText('Loading the markets…')).toBeTruthy();
    expect(screen.queryByText(/Name some under/)).toBeNull();
  });

  it('does not say that there are none when they could not be loaded', () => {
    list(vi.fn(), [], { absent: 'failed' });
    expect(screen.getByText('Not loaded')).toBeTruthy();
    expect(screen.queryByText(/Name some under/)).toBeNull();
  });

  it('says what to do when there is no instrument at all', () => {
    list(vi.fn(), []);
    expect(screen.getByText(/Name some under “follow”/)).toBeTruthy();
  });
});
