// @vitest-environment jsdom
import { EditorView } from '@codemirror/view';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckAnswer } from '@/lib/language/types';
import { type ChartIndicator, EMPTY_LAYOUT, INDICATORS_MAX, withIndicator } from '@/lib/layouts/chart-layout';
import { installBrowserParts, installEditorParts } from '@/lib/testing';
import { BOB, FakeApi, reply, showTo } from '@/lib/testing-account';
import { TABLE_REPLY } from '@/lib/testing-language';
import { IndicatorDialog, type Opened } from './indicator-dialog';

// It is loaded when it is first shown, which a busy machine takes its time for.
beforeAll(() => import('@/components/expression-editor/code-editor'), 60_000);
beforeEach(() => {
  installBrowserParts();
  installEditorParts();
});

const plot = {
  title: 'x',
  type: 'float' as const,
  qualifier: 'series' as const,
  lookback: 13,
  overlay: false,
  event: false,
};
const good: CheckAnswer = { ok: true, canonical: 'x', lookback: 13, plots: [plot], inputs: [], notes: [] };
const wrong: CheckAnswer = {
  ok: false,
  errors: [
    {
      code: 'unknown_name',
      message: 'There is no ‘ta.emaa’.',
      line: 1,
      column: 1,
      length: 7,
      line_text: 'ta.emaa(close, 3)',
      suggestions: ['ta.ema'],
      signature: '',
    },
  ],
};

const onAdd = vi.fn();
const onChange = vi.fn();
const onRemove = vi.fn();
const onClose = vi.fn();
let checks: { text: string; inputs?: object }[] = [];

async function open(
  opened: Opened = { kind: 'new' },
  indicators: readonly ChartIndicator[] = [],
  answer: (text: string) => CheckAnswer = () => good,
) {
  checks = [];
  const api = new FakeApi()
    .on('GET /api/language/functions', () => reply(200, TABLE_REPLY))
    .on<{ text: string }>('POST /api/language/check', (body) => {
      checks.push(body);
      return reply(200, answer(body.text));
    });
  await showTo(
    BOB,
    api,
    <IndicatorDialog
      opened={opened}
      onClose={onClose}
      indicators={indicators}
      context={{ timeframe: '1h', symbol: 'practice:BTCUSDT' }}
      narrow={false}
      onAdd={onAdd}
      onChange={onChange}
      onRemove={onRemove}
    />,
  );
  await screen.findByRole('dialog');
}

const options = () => screen.queryAllByRole('option').map((one) => one.textContent?.split(':')[0]);
const search = () => screen.findByRole('combobox', { name: 'Search indicators' });

/** The editor's own text, which is in a shadow tree. */
async function editor(): Promise<EditorView> {
  const content = await waitFor(() => {
    const host = document.querySelector('[data-mantine-stop-propagation]');
    const found = host?.shadowRoot?.querySelector<HTMLElement>('.cm-content');
    if (!found) throw new Error('no editor yet');
    return found;
  });
  return EditorView.findFromDOM(content) as EditorView;
}
async function write(text: string) {
  const view = await editor();
  act(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }));
}

const RSI: ChartIndicator = {
  id: 'i1',
  text: 'ta.rsi(close, 9)',
  inputs: {},
  pane: 'own',
  colors: ['4'],
  visible: true,
};

describe('the list', () => {
  it('is under headings, without what cannot be drawn, and found by every name', async () => {
    await open();
    const field = await search();
    expect(screen.getAllByRole('group').map((one) => one.getAttribute('aria-label'))).toEqual([
      'Averages',
      'Momentum',
      'Volume',
      'Levels',
    ]);
    expect(screen.queryByText('math.max')).toBeNull();
    await userEvent.type(field, 'macd');
    expect(options()).toHaveLength(1);
    await userEvent.clear(field);
    await userEvent.type(field, 'zzz');
    expect(screen.getByRole('status').textContent).toContain('No indicator has “zzz”');
  });

  it('is gone through by keys: the field keeps the focus and tells which one is meant', async () => {
    await open();
    const field = await search();
    await userEvent.click(field);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    const active = document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toContain('ta.rsi');
    expect(active?.getAttribute('aria-selected')).toBe('true');
    expect(document.activeElement).toBe(field);
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('form', { name: 'Relative strength index' })).toBeDefined();
  });

  it('leads to a form of the parameters, and back', async () => {
    await open();
    await userEvent.type(await search(), 'ema{Enter}');
    expect(screen.getByLabelText<HTMLSelectElement>('Source').value).toBe('close');
    const length = screen.getByLabelText<HTMLInputElement>('Length');
    expect(length.value).toBe('14');
    await userEvent.clear(length);
    await userEvent.type(length, '0');
    await userEvent.click(screen.getByRole('button', { name: 'Add to chart' }));
    expect((await screen.findByRole('alert')).textContent).toBe('At least 1, at most 5000.');
    expect(checks).toEqual([]);
    await userEvent.clear(length);
    await userEvent.type(length, '21');
    expect(screen.getByText('ta.ema(close, 21)')).toBeDefined();
    await userEvent.click(screen.getByRole('button', { name: 'Back to the list' }));
    expect(await search()).toBeDefined();
  });

  it('adds what the server has checked, where it stands best', async () => {
    await open();
    await userEvent.type(await search(), 'ema{Enter}');
    await userEvent.click(screen.getByRole('button', { name: 'Add to chart' }));
    await waitFor(() =>
      expect(onAdd).toHaveBeenCalledExactlyOnceWith({
        text: 'ta.ema(close, 14)',
        inputs: {},
        pane: 'overlay',
        plots: 1,
      }),
    );
    expect(checks).toEqual([{ text: 'ta.ema(close, 14)', timeframe: '1h', symbol: 'practice:BTCUSDT' }]);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('says why the server will not have it, and adds nothing', async () => {
    onAdd.mockClear();
    await open(undefined, [], () => wrong);
    await userEvent.type(await search(), 'rsi{Enter}');
    await userEvent.click(screen.getByRole('button', { name: 'Add to chart' }));
    expect((await screen.findByRole('alert')).textContent).toContain('There is no ‘ta.emaa’.');
    expect(onAdd).not.toHaveBeenCalled();
  });

  it('takes another indicator as a source, if that gives one number', async () => {
    const others = ['ta.macd(close, 12, 26, 9)', 'ta.rsi(', 'ta.nothing(close)'];
    await open(undefined, [RSI, ...others.map((text, index) => ({ ...RSI, id: `o${index}`, text }))]);
    await userEvent.type(await search(), 'ema{Enter}');
    const choices = [...screen.getByLabelText<HTMLSelectElement>('Source').options].map((one) => one.value);
    expect(choices.filter((one) => one.startsWith('ta.'))).toEqual(['ta.rsi(close, 9)']);
    await userEvent.selectOptions(screen.getByLabelText('Source'), 'ta.rsi(close, 9)');
    expect(screen.getByText('ta.ema(ta.rsi(close, 9), 14)')).toBeDefined();
  });

  it('adds nothing to a chart that is full, and says so', async () => {
    let layout = EMPTY_LAYOUT;
    for (let i = 0; i < INDICATORS_MAX; i++) layout = withIndicator(layout, RSI);
    await open(undefined, layout.indicators);
    await userEvent.type(await search(), 'ema{Enter}');
    expect(screen.queryByRole('button', { name: 'Add to chart' })).toBeNull();
    expect(screen.getByText(/as many as it may/)).toBeDefined();
  });
});

describe('an expression', () => {
  const begin = async (answer?: (text: string) => CheckAnswer) => {
    await open(undefined, [], answer);
    await userEvent.click(await screen.findByRole('tab', { name: 'Expression' }));
  };
  const add = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Add to chart' });

  it('shows the place of its error, and is mended by a press', async () => {
    await begin((text) => (text.includes('emaa') ? wrong : good));
    expect(add().disabled).toBe(true);
    await write('ta.emaa(close, 3)');
    expect((await screen.findByRole('alert')).textContent).toContain(
      'Line 1, column 1: There is no ‘ta.emaa’.',
    );
    expect(add().disabled).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'ta.ema' }));
    expect((await editor()).state.doc.toString()).toBe('ta.ema(close, 3)');
    expect((await screen.findByText(/look-back 13 bars/)).textContent).toContain('series number');
    await userEvent.click(add());
    expect(onAdd).toHaveBeenLastCalledWith({ text: 'ta.ema(close, 3)', inputs: {}, pane: 'own', plots: 1 });
  });

  it('says what of it is not drawn, and from when on each of its outputs has a value', async () => {
    const plots = [
      { ...plot, title: 'macd', lookback: 25 },
      { ...plot, title: 'signal', lookback: 33 },
    ];
    const notes = [{ message: '‘hline’ is not drawn here', line: 2, column: 1 }];
    await begin(() => ({ ...good, lookback: 33, plots, notes }));
    await write('ta.macd(close, 12, 26, 9)');
    expect(await screen.findByText(/look-back in bars: macd 25, signal 33/)).toBeDefined();
    expect(screen.getByText(/Line 2: ‘hline’ is not drawn here/)).toBeDefined();
  });

  it('that is a condition is marked at the candles: there is nothing to choose', async () => {
    await begin(() => ({ ...good, plots: [{ ...plot, type: 'bool' }] }) as CheckAnswer);
    await write('close > open');
    expect(await screen.findByText('Marked at the candles where it holds.')).toBeDefined();
    expect(screen.queryByLabelText('Drawn')).toBeNull();
  });

  it('asks for the inputs that the text has, within their range, and keeps no others', async () => {
    const input = {
      name: 'len',
      title: 'Length',
      type: 'int' as const,
      value: 14,
      default: 14,
      min: 2,
      max: 50,
      step: 1,
      options: [],
    };
    await begin(() => ({ ...good, inputs: [input] }) as CheckAnswer);
    await write('len = input.int(14, "Length", 2, 50)\nta.rsi(close, len)');
    const field = await screen.findByLabelText<HTMLInputElement>('Length');
    await userEvent.clear(field);
    await userEvent.type(field, '1');
    expect(screen.getByRole('alert').textContent).toBe('At least 2.');
    // A value that is out of range is not dropped in silence.
    expect(add().disabled).toBe(true);
    onAdd.mockClear();
    const content = (await editor()).contentDOM;
    fireEvent.keyDown(content, { key: 'Enter', code: 'Enter', keyCode: 13, ctrlKey: true });
    expect(onAdd).not.toHaveBeenCalled();
    await userEvent.type(field, '9');
    await waitFor(() => expect(checks.at(-1)?.inputs).toEqual({ len: 19 }));
    await waitFor(() => expect(add().disabled).toBe(false));
    await userEvent.click(add());
    expect(onAdd).toHaveBeenLastCalledWith(expect.objectContaining({ inputs: { len: 19 } }));
  });
});

describe('a draft', () => {
  const dialog = (opened: Opened | null) => (
    <IndicatorDialog
      opened={opened}
      onClose={onClose}
      indicators={[]}
      context={{ timeframe: '1h', symbol: 'practice:BTCUSDT' }}
      narrow={false}
      onAdd={onAdd}
      onChange={onChange}
      onRemove={onRemove}
    />
  );
  function Reopening() {
    const [opened, setOpened] = useState<Opened | null>({ kind: 'new' });
    return (
      <>
        <button type="button" onClick={() => setOpened(opened ? null : { kind: 'new' })}>
          toggle
        </button>
        {dialog(opened)}
      </>
    );
  }
  const toggle = () => userEvent.click(screen.getByText('toggle'));
  const tab = (name: string) => screen.findByRole('tab', { name });

  it('is there again when the dialog or the tab is opened anew, until it is added', async () => {
    const api = new FakeApi()
      .on('GET /api/language/functions', () => reply(200, TABLE_REPLY))
      .on('POST /api/language/check', () => reply(200, good));
    await showTo(BOB, api, <Reopening />);
    await userEvent.click(await tab('Expression'));
    await write('close - open');
    await userEvent.click(await tab('List'));
    await userEvent.click(await tab('Expression'));
    expect((await editor()).state.doc.toString()).toBe('close - open');
    await toggle();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await toggle();
    expect((await tab('Expression')).getAttribute('aria-selected')).toBe('true');
    expect((await editor()).state.doc.toString()).toBe('close - open');
    const add = screen.getByRole<HTMLButtonElement>('button', { name: 'Add to chart' });
    await waitFor(() => expect(add.disabled).toBe(false));
    await userEvent.click(add);
    await toggle();
    await toggle();
    expect((await tab('List')).getAttribute('aria-selected')).toBe('true');
    await userEvent.click(await tab('Expression'));
    expect((await editor()).state.doc.toString()).toBe('');
  });
});

describe('settings', () => {
  it('of a call are its form again', async () => {
    await open({ kind: 'change', indicator: RSI }, [RSI]);
    const length = await screen.findByLabelText<HTMLInputElement>('Length');
    expect(length.value).toBe('9');
    await userEvent.clear(length);
    await userEvent.type(length, '21');
    await userEvent.selectOptions(screen.getByLabelText('Colour'), 'Pink');
    await userEvent.selectOptions(screen.getByLabelText('Drawn'), 'Over the candles');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(onChange).toHaveBeenCalledExactlyOnceWith('i1', {
        text: 'ta.rsi(close, 21)',
        pane: 'overlay',
        colors: ['5'],
      }),
    );
  });

  it('of any other text are the editor; a call can be edited so too', async () => {
    await open({ kind: 'change', indicator: RSI }, [RSI]);
    await userEvent.click(await screen.findByRole('button', { name: 'Edit as text' }));
    expect((await editor()).state.doc.toString()).toBe('ta.rsi(close, 9)');
  });

  it('have what else can be done to it', async () => {
    await open({ kind: 'change', indicator: { ...RSI, text: 'close - open' } }, [RSI]);
    expect((await editor()).state.doc.toString()).toBe('close - open');
    await userEvent.click(screen.getByRole('button', { name: 'Hide' }));
    expect(onChange).toHaveBeenLastCalledWith('i1', { visible: false });
    await userEvent.click(screen.getByRole('button', { name: 'Remove from the chart' }));
    expect(onRemove).toHaveBeenCalledExactlyOnceWith('i1');
  });
});
