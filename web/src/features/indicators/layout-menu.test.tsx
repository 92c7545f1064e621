// @vitest-environment jsdom
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ChartLayout,
  readDocument,
  withIndicator,
  withoutIndicator,
  writeDocument,
} from '@/lib/layouts/chart-layout';
import { type ChartLayoutState, forgetChartLayout, useChartLayout } from '@/lib/layouts/use-chart-layout';
import { remember } from '@/lib/storage';
import { installBrowserParts } from '@/lib/testing';
import { BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { LayoutMenu } from './layout-menu';

const RSI = { text: 'ta.rsi(close, 14)', inputs: {}, pane: 'own' } as const;
const EMA = { text: 'ta.ema(close, 12)', inputs: {}, pane: 'overlay' } as const;
const layoutOf = (...all: (typeof RSI | typeof EMA)[]): ChartLayout =>
  all.reduce(withIndicator, { indicators: [], panes: {} });

let server: Map<string, unknown>;
let refused: string | null;
let state: ChartLayoutState;

function Chart() {
  state = useChartLayout();
  return <LayoutMenu state={state} />;
}

/** A server that keeps layouts; what is `refused` fails. */
function api(): FakeApi {
  const made = new FakeApi();
  const fetch = made.fetch.bind(made);
  return Object.assign(made, {
    fetch: async (path: string, init: RequestInit) => {
      const name = decodeURIComponent(/^\/api\/me\/layouts\/(.+)$/.exec(path)?.[1] ?? '');
      const method = init.method ?? 'GET';
      if (path === '/api/me/layouts') {
        return reply(200, { layouts: [...server].map(([one, document]) => ({ name: one, document })) });
      }
      if (name === '') return fetch(path, init);
      if (refused === method) return refusal(503, 'busy', 'Too much to do.');
      if (method === 'DELETE') server.delete(name);
      else server.set(name, JSON.parse(String(init.body)).document);
      return reply(204);
    },
  });
}

async function open() {
  const shown = await showTo(BOB, api(), <Chart />);
  await waitFor(() => expect(screen.getByRole('button', { name: /^Layout/ })).toBeDefined());
  return shown;
}

const button = () => screen.getByRole('button', { name: /^Layout/ });
async function change(next: (layout: ChartLayout) => ChartLayout) {
  const before = state.layout;
  await act(async () => state.change(next));
  await waitFor(() => expect(state.layout).not.toBe(before));
}
async function choose(item: string | RegExp) {
  await userEvent.click(button());
  await userEvent.click(await screen.findByRole('menuitem', { name: item }));
}
const texts = () => state.layout.indicators.map((one) => one.text);
const names = () => [...server.keys()].sort();

beforeEach(() => {
  installBrowserParts();
  forgetChartLayout();
  server = new Map();
  refused = null;
});

describe('the layouts', () => {
  it('begin with none; what is put on the chart is marked until it is saved under a name', async () => {
    await open();
    expect(button().ariaLabel).toBe('Layout: none is saved');
    await change((layout) => withIndicator(layout, RSI));
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: with changes that are not saved'));
    await choose('Save…');
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    expect((await dialog.findByRole('alert')).textContent).toBe('Give the layout a name.');
    await userEvent.type(dialog.getByLabelText('Name'), ' Day / 1 ');
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(names()).toEqual(['Day / 1']));
    expect(readDocument(server.get('Day / 1')).layout).toEqual(layoutOf(RSI));
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: Day / 1, as saved'));
  });

  it('are saved again under their name, and as another', async () => {
    server.set('Day', writeDocument(layoutOf(RSI), true));
    await open();
    await waitFor(() => expect(texts()).toEqual([RSI.text]));
    await change((layout) => withIndicator(layout, EMA));
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: Day, with changes that are not saved'));
    await choose('Save “Day”');
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: Day, as saved'));
    // It is still the one that the chart opens with.
    expect(readDocument(server.get('Day'))).toEqual({ layout: layoutOf(RSI, EMA), opens: true });

    await change((layout) => withoutIndicator(layout, 'i1'));
    await choose('Save as…');
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Name'), 'Day');
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    // A name that is there is written over only when that is meant.
    const question = within(await screen.findByRole('dialog', { name: 'Save over “Day”?' }));
    await userEvent.click(question.getByRole('button', { name: 'Cancel' }));
    expect(readDocument(server.get('Day')).layout).toEqual(layoutOf(RSI, EMA));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await choose('Save as…');
    const again = within(await screen.findByRole('dialog'));
    await userEvent.type(again.getByLabelText('Name'), 'Day 2');
    await userEvent.click(again.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(names()).toEqual(['Day', 'Day 2']));
    expect(readDocument(server.get('Day 2')).opens).toBe(false);
    expect(readDocument(server.get('Day')).layout).toEqual(layoutOf(RSI, EMA));
  });

  it('are written over when that is meant, and open the chart as before', async () => {
    server.set('Day', writeDocument(layoutOf(RSI), true));
    server.set('Night', writeDocument(layoutOf(EMA), false));
    await open();
    await waitFor(() => expect(texts()).toEqual([RSI.text]));
    await choose('Night');
    await change((layout) => withIndicator(layout, RSI));
    await choose('Save as…');
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Name'), 'Day');
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    const question = within(await screen.findByRole('dialog', { name: 'Save over “Day”?' }));
    await userEvent.click(question.getByRole('button', { name: 'Save over it' }));
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: Day, as saved'));
    expect(readDocument(server.get('Day'))).toEqual({ layout: layoutOf(EMA, RSI), opens: true });
  });

  it('are shown by their names; changes that are not saved are given up only when that is meant', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    server.set('B', writeDocument(layoutOf(EMA), false));
    await open();
    await waitFor(() => expect(texts()).toEqual([RSI.text]));
    await choose('B');
    expect(texts()).toEqual([EMA.text]);
    await change((layout) => withIndicator(layout, RSI));
    await choose(/^A/);
    const question = within(await screen.findByRole('dialog', { name: 'Show “A” without saving?' }));
    await userEvent.click(question.getByRole('button', { name: 'Cancel' }));
    expect(texts()).toEqual([EMA.text, RSI.text]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await choose(/^A/);
    await userEvent.click(await screen.findByRole('button', { name: 'Do not save' }));
    await waitFor(() => expect(texts()).toEqual([RSI.text]));
  });

  it('are renamed, chosen to open with, deleted', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    server.set('B', writeDocument(layoutOf(EMA), false));
    await open();
    await waitFor(() => expect(state.name).toBe('A'));
    await choose('Rename…');
    const field = await screen.findByLabelText<HTMLInputElement>('Name');
    expect(field.value).toBe('A');
    await userEvent.clear(field);
    await userEvent.type(field, 'Night');
    await userEvent.click(screen.getByRole('button', { name: 'Rename' }));
    await waitFor(() => expect(names()).toEqual(['B', 'Night']));
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: Night, as saved'));
    expect(readDocument(server.get('Night')).opens).toBe(true);

    await choose('B');
    await choose('Open the chart with it');
    await waitFor(() => expect(readDocument(server.get('B')).opens).toBe(true));
    expect(readDocument(server.get('Night')).opens).toBe(false);

    await choose('Delete…');
    await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(names()).toEqual(['Night']));
    // What is on the chart stays, and is not saved any more.
    expect(texts()).toEqual([EMA.text]);
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: with changes that are not saved'));
  });

  it('that could not be saved say so and stay marked', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    await open();
    await waitFor(() => expect(state.name).toBe('A'));
    await change((layout) => withIndicator(layout, EMA));
    refused = 'PUT';
    await choose('Save “A”');
    expect((await screen.findByRole('alert')).textContent).toContain('Too much to do.');
    expect(button().ariaLabel).toBe('Layout: A, with changes that are not saved');
    expect(readDocument(server.get('A')).layout).toEqual(layoutOf(RSI));
  });
});

describe('what a chart begins with', () => {
  const keep = (
    layout: ChartLayout,
    name: string | null,
    user: string = BOB.id,
    kept: 'browser' | 'tab' = 'browser',
  ) => remember('chart-layout', JSON.stringify({ user, name, document: writeDocument(layout, false) }), kept);

  it('is the layout to open with, where nothing is unsaved', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    server.set('B', writeDocument(layoutOf(EMA), false));
    keep(layoutOf(EMA), 'B');
    await open();
    await waitFor(() => expect(state.name).toBe('A'));
  });

  it('is what was not saved', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    keep(layoutOf(RSI, EMA), 'A');
    await open();
    await waitFor(() => expect(texts()).toEqual([RSI.text, EMA.text]));
    expect(state).toMatchObject({ name: 'A', changed: true });
  });

  it('in a tab that was reloaded is what it had', async () => {
    server.set('A', writeDocument(layoutOf(RSI), true));
    server.set('B', writeDocument(layoutOf(EMA), false));
    keep(layoutOf(EMA), 'B', BOB.id, 'tab');
    await open();
    await waitFor(() => expect(state.name).toBe('B'));
  });

  it('is never somebody else’s', async () => {
    keep(layoutOf(EMA), null, 'u_other');
    keep(layoutOf(EMA), null, 'u_other', 'tab');
    await open();
    await waitFor(() => expect(button().ariaLabel).toBe('Layout: none is saved'));
    expect(texts()).toEqual([]);
  });
});
