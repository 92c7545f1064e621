// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import type { Instrument } from '@/lib/api/schemas';
import { ownInstruments } from '@/lib/market/use-watchlist';
import { installBrowserParts, listed, show } from '@/lib/testing';
import { moved, startingList, WATCHED_MAX, withAdded, without } from './edit-list';
import { WatchEditor } from './watch-editor';

const ALL = [listed('BTC'), listed('ETH'), listed('SOL'), listed('ADA', { followed: false })];
const [BTC, ETH, SOL, ADA] = ALL as [Instrument, Instrument, Instrument, Instrument];
const bases = (list: readonly Instrument[]) => list.map((one) => one.base).join(' ');

describe('a list', () => {
  it('is moved in by one place, and not over its ends', () => {
    expect(bases(moved([BTC, ETH, SOL], ETH, -1))).toBe('ETH BTC SOL');
    expect(bases(moved([BTC, ETH, SOL], ETH, 1))).toBe('BTC SOL ETH');
    expect(bases(moved([BTC, ETH], BTC, -1))).toBe('BTC ETH');
    expect(bases(moved([BTC, ETH], ETH, 1))).toBe('BTC ETH');
    expect(bases(moved([BTC], SOL, 1))).toBe('BTC');
  });

  it('has nothing twice and is not longer than the server keeps', () => {
    expect(bases(withAdded([BTC], ETH))).toBe('BTC ETH');
    expect(bases(withAdded([BTC], BTC))).toBe('BTC');
    expect(bases(without([BTC, ETH], BTC))).toBe('ETH');
    const full = Array.from({ length: WATCHED_MAX }, (_, index) => listed(`X${index}`));
    expect(withAdded(full, BTC)).toHaveLength(WATCHED_MAX);
  });

  it('begins with what is followed', () => {
    expect(bases(startingList(null, ALL))).toBe('BTC ETH SOL');
    expect(bases(startingList([ADA], ALL))).toBe('ADA');
  });

  it('of a person leaves out what the server knows no more, and is none when it is empty', () => {
    expect(bases(ownInstruments(['practice:SOLUSDT', 'gone:XUSDT', 'BTCUSDT', 'solusdt'], ALL) ?? [])).toBe(
      'SOL BTC',
    );
    expect(ownInstruments([], ALL)).toBeNull();
  });
});

describe('the editor', () => {
  beforeEach(installBrowserParts);

  const names = () =>
    within(screen.getByRole('list', { name: 'In the watch list' }))
      .getAllByRole('listitem')
      .map((row) => row.textContent?.split('/')[0])
      .join(' ');
  const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

  it('keeps each press, and the focus stays where it was', async () => {
    const onSave = vi.fn(() => new Promise<void>(() => {}));
    show(<WatchEditor instruments={ALL} own={[BTC, ETH, SOL]} query="" onSave={onSave} />);
    await userEvent.click(button('Move ETHUSDT up'));
    expect(names()).toBe('ETH BTC SOL');
    // The way up is barred now; the focus is still in the row.
    expect(document.activeElement?.closest('li')?.textContent).toContain('ETH');
    await userEvent.click(button('Move BTCUSDT down'));
    expect(document.activeElement).toBe(button('Remove BTCUSDT'));
    await userEvent.click(button('Remove ETHUSDT'));
    expect(document.activeElement).toBe(button('Remove SOLUSDT'));
    await userEvent.click(button('Add ADAUSDT'));
    expect(names()).toBe('SOL BTC ADA');
    expect(onSave).toHaveBeenLastCalledWith([SOL, BTC, ADA]);
  });

  it('counts on a press before it is kept', () => {
    const onSave = vi.fn(() => new Promise<void>(() => {}));
    show(<WatchEditor instruments={ALL} own={[BTC, ETH, SOL]} query="" onSave={onSave} />);
    fireEvent.click(button('Remove BTCUSDT'));
    fireEvent.click(button('Remove ETHUSDT'));
    expect(onSave).toHaveBeenLastCalledWith([SOL]);
  });

  it('shows the list as it was, with the reason, where it was not kept', async () => {
    let refuse: (problem: ApiProblem) => void = () => {};
    const onSave = () => new Promise<void>((_, reject) => (refuse = reject));
    show(<WatchEditor instruments={ALL} own={[BTC, ETH]} query="" onSave={onSave} />);
    await userEvent.click(button('Remove BTCUSDT'));
    expect(names()).toBe('ETH');
    await act(async () => refuse(new ApiProblem({ code: 'busy', status: 503, detail: 'Too much to do.' })));
    expect(screen.getByRole('alert').textContent).toBe('Not saved: Too much to do.');
    await waitFor(() => expect(names()).toBe('BTC ETH'));
  });

  it('offers what is not in the list, narrowed down by the search', () => {
    show(<WatchEditor instruments={ALL} own={[BTC]} query="so" onSave={async () => {}} />);
    const offered = within(screen.getByRole('list', { name: 'Can be added' }));
    expect(offered.getAllByRole('button').map((one) => one.ariaLabel)).toEqual(['Add SOLUSDT']);
  });

  it('gives the own list up', async () => {
    const onSave = vi.fn(async () => {});
    show(<WatchEditor instruments={ALL} own={[BTC]} query="" onSave={onSave} />);
    await userEvent.click(button('Show all again'));
    expect(onSave).toHaveBeenCalledExactlyOnceWith([]);
  });
});
