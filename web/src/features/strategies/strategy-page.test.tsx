// @vitest-environment jsdom
import { EditorView } from '@codemirror/view';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { navigate } from '@/lib/location';
import { installBrowserParts, installEditorParts, listed } from '@/lib/testing';
import { BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { TABLE_REPLY } from '@/lib/testing-language';
import { DOCUMENT, STRATEGIES, strategyItem } from '@/lib/testing-strategies';
import { StrategyPage } from './strategy-page';

// It is loaded when it is first shown, which a busy machine takes its time for.
beforeAll(() => import('@/components/expression-editor/code-editor'), 60_000);
beforeEach(() => {
  installBrowserParts();
  installEditorParts();
  sessionStorage.clear();
  navigate('/lab/strategies/mine', 'replace');
});

const MINE = DOCUMENT.replace('ema-cross', 'mine');
const versions = [
  { version: 2, created_at: 2_000 },
  { version: 1, created_at: 1_000 },
];
const mine = {
  ...strategyItem({ name: 'mine', title: 'Mine', built_in: false, version: 2, updated_at: 2_000 }),
  document: MINE,
  versions,
};
const FAULT = {
  code: 'bad_expression',
  field: 'let.fast_line',
  message: 'no such name',
  line: 12,
  column: 14,
  length: 7,
  suggestions: ['ta.ema'],
};

function server() {
  return new FakeApi()
    .on('GET /api/language/functions', () => reply(200, TABLE_REPLY))
    .on('GET /api/market/symbols', () => reply(200, { symbols: [listed('BTC')] }))
    .on('GET /api/strategies', () =>
      reply(200, { strategies: [...STRATEGIES, strategyItem({ name: 'mine', built_in: false })] }),
    )
    .on('GET /api/strategies/mine', () => reply(200, mine))
    .on('GET /api/strategies/ema-cross', () =>
      reply(200, { ...strategyItem(), document: DOCUMENT, versions: [] }),
    )
    .on<{ document: string }>('POST /api/strategies/check', ({ document }) => {
      const faults = document.includes('ta.emaa') ? [FAULT] : [];
      return reply(200, { ok: faults.length === 0, faults, strategy: null, warnings: [], trades: [] });
    });
}

function editor(): EditorView {
  const host = document.querySelector('[data-mantine-stop-propagation]');
  const content = host?.shadowRoot?.querySelector<HTMLElement>('.cm-content');
  if (!content) throw new Error('there is no editor yet');
  return EditorView.findFromDOM(content) as EditorView;
}
const text = () => editor().state.doc.toString();
const replace = (from: string, to: string) =>
  act(() => {
    const at = text().indexOf(from);
    editor().dispatch({ changes: { from: at, to: at + from.length, insert: to }, userEvent: 'input.type' });
  });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const open = async (api: FakeApi, part = <StrategyPage name="mine" copyOf={null} />) => {
  await showTo(BOB, api, part);
  await waitFor(() => editor());
};

describe('a strategy of one’s own', () => {
  it('is saved as the next version of the one that was edited', async () => {
    const next = { ...mine, version: 3, document: MINE.replace('5', '6') };
    const api = server().on('PUT /api/strategies/mine', () => reply(200, next));
    await open(api);
    expect(button('Save')).toHaveProperty('disabled', true);
    replace('percent: 5', 'percent: 6');
    await userEvent.click(button('Save'));
    await screen.findByText('Saved as version 3.');
    expect(api.last('PUT /api/strategies/mine')).toEqual({
      document: MINE.replace('percent: 5', 'percent: 6'),
      version: 2,
    });
  });

  it('says where a fault is, and is mended', async () => {
    await open(server());
    replace('ta.ema(close, fast)', 'ta.emaa(close, fast)');
    await screen.findByText('Line 12:');
    await userEvent.click(button('Use ta.ema'));
    await screen.findByText('Nothing is wrong with it.');
    expect(text()).toContain('ta.ema(close, fast)');
  });

  it('is not lost where a newer version was kept meanwhile', async () => {
    const api = server().on('PUT /api/strategies/mine', () =>
      refusal(409, 'conflict', 'Version 3 was kept meanwhile.'),
    );
    await open(api);
    replace('percent: 5', 'percent: 6');
    api.on('GET /api/strategies/mine', () => reply(200, { ...mine, version: 3 }));
    await userEvent.click(button('Save'));
    await screen.findByText(/Your text is still here/);
    expect(text()).toContain('percent: 6');
    api.on('PUT /api/strategies/mine', () => reply(200, { ...mine, version: 4, document: text() }));
    await userEvent.click(button('Save mine after it'));
    await screen.findByText('Saved as version 4.');
    expect(api.last('PUT /api/strategies/mine')).toMatchObject({ version: 3 });
  });

  it('is brought back from an older version, to be saved anew', async () => {
    const api = server();
    await open(api);
    api.on('GET /api/strategies/mine', () => reply(200, { ...mine, document: 'name: mine # of old\n' }));
    await userEvent.click(button('Look at version 1'));
    await userEvent.click(await screen.findByRole('button', { name: 'Bring it back' }));
    await waitFor(() => expect(text()).toBe('name: mine # of old\n'));
    expect(button('Save')).toHaveProperty('disabled', false);
  });

  it('under another name is a new one', async () => {
    const api = server().on('POST /api/strategies', () => reply(201, { ...mine, name: 'other', version: 1 }));
    await open(api);
    replace('name: mine', 'name: other');
    await userEvent.click(button('Save as a new one'));
    await waitFor(() => expect(location.pathname).toBe('/lab/strategies/other'));
  });

  it('keeps in the tab what was not saved', async () => {
    const { unmount } = await showTo(BOB, server(), <StrategyPage name="mine" copyOf={null} />);
    await waitFor(() => editor());
    replace('percent: 5', 'percent: 7');
    unmount();
    await open(server());
    expect(text()).toContain('percent: 7');
  });
});

describe('a strategy that is shipped', () => {
  it('is read alone, and copied', async () => {
    await open(server(), <StrategyPage name="ema-cross" copyOf={null} />);
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
    expect(editor().state.readOnly).toBe(true);
    expect(screen.getByRole('link', { name: 'Copy' }).getAttribute('href')).toBe(
      '/lab/new-strategy?copy=ema-cross',
    );
  });

  it('is the begin of a copy under a name of its own', async () => {
    await open(server(), <StrategyPage name={null} copyOf="ema-cross" />);
    expect(text().split('\n')[0]).toBe('name: ema-cross-copy');
  });
});

describe('a new strategy', () => {
  it('begins with a template', async () => {
    await open(server(), <StrategyPage name={null} copyOf={null} />);
    expect(text()).toMatch(/^name: my-strategy\n/);
  });
});
