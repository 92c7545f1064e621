// @vitest-environment jsdom
import { completionStatus, currentCompletions, startCompletion } from '@codemirror/autocomplete';
import { forEachDiagnostic } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { act, fireEvent, render, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowserParts, installEditorParts } from '@/lib/testing';
import { TABLE } from '@/lib/testing-language';
import { CodeEditor, type CodeEditorProps } from './code-editor';
import { completionsOf } from './completion';

beforeEach(() => {
  installBrowserParts();
  installEditorParts();
});

function open(props: Partial<CodeEditorProps> = {}) {
  const given: CodeEditorProps = {
    value: '',
    onChange: () => {},
    label: 'Expression',
    table: TABLE,
    errors: null,
    ...props,
  };
  const shown = render(<CodeEditor {...given} />);
  const root = shown.container.querySelector('[data-mantine-stop-propagation]')?.shadowRoot as ShadowRoot;
  const content = root.querySelector('.cm-content') as HTMLElement;
  const view = EditorView.findFromDOM(content) as EditorView;
  const again = (more: Partial<CodeEditorProps>) => shown.rerender(<CodeEditor {...given} {...more} />);
  const type = (text: string) =>
    act(() => {
      const { head } = view.state.selection.main;
      view.dispatch({
        changes: { from: head, insert: text },
        selection: { anchor: head + text.length },
        userEvent: 'input.type',
      });
    });
  return { ...shown, root, content, view, again, type };
}

const diagnostics = (view: EditorView) => {
  const found: string[] = [];
  forEachDiagnostic(view.state, (one, from, to) => found.push(`${from}-${to} ${one.message}`));
  return found;
};
const ERROR = {
  code: 'unknown_name',
  message: 'There is no ta.emaa.',
  line: 1,
  column: 1,
  length: 7,
  line_text: '',
  suggestions: ['ta.ema'],
  signature: '',
};

describe('the editor', () => {
  it('lives in a shadow tree, where its styles need no style element of the page', () => {
    const { content, container } = open();
    expect(content.getRootNode()).toBeInstanceOf(ShadowRoot);
    expect(container.querySelector('style')).toBeNull();
    expect(content.getAttribute('aria-label')).toBe('Expression');
    expect(content.getAttribute('role')).toBe('textbox');
  });

  it('tells each change, and takes a text that is given to it without telling it back', () => {
    const onChange = vi.fn();
    const { type, again, view } = open({ onChange });
    type('close');
    expect(onChange).toHaveBeenCalledExactlyOnceWith('close');
    again({ value: 'close', onChange });
    again({ value: 'open', onChange });
    expect(view.state.doc.toString()).toBe('open');
    expect(onChange).toHaveBeenCalledOnce();
  });

  it('is not set back by a page that is drawn more slowly than somebody types', () => {
    const onChange = vi.fn();
    const { type, again, view } = open({ onChange, value: 'ta.ema()' });
    act(() => view.dispatch({ selection: { anchor: 7 } }));
    type('h');
    again({ value: 'ta.ema()', onChange });
    type('l');
    again({ value: 'ta.ema(h)', onChange });
    type('2');
    expect(view.state.doc.toString()).toBe('ta.ema(hl2)');
    expect(onChange.mock.calls.flat()).toEqual(['ta.ema(h)', 'ta.ema(hl)', 'ta.ema(hl2)']);
    again({ value: 'ta.ema(hl2)', onChange });
    // What was once typed can be brought back from outside.
    again({ value: 'ta.ema(h)', onChange });
    expect(view.state.doc.toString()).toBe('ta.ema(h)');
  });

  it('tells also that the text is again what the page still shows', () => {
    const onChange = vi.fn();
    const { type, view } = open({ onChange });
    type('h');
    act(() => view.dispatch({ changes: { from: 0, to: 1 } }));
    expect(onChange.mock.calls.flat()).toEqual(['h', '']);
  });

  it('keeps the cursor where it is in what stays', () => {
    const { again, view } = open({ value: 'ta.emaa(close, 12)' });
    act(() => view.dispatch({ selection: { anchor: 17 } }));
    again({ value: 'ta.ema(close, 12)' });
    expect(view.state.selection.main.head).toBe(16);
  });

  it('underlines what is wrong, keeps that while it is not known, and takes it away when it is mended', () => {
    const { again, view } = open({ value: 'ta.emaa(close, 3)', errors: [ERROR] });
    expect(diagnostics(view)).toEqual(['0-7 There is no ta.emaa.']);
    again({ value: 'ta.emaa(close, 3)', errors: null });
    expect(diagnostics(view)).toHaveLength(1);
    again({ value: 'ta.ema(close, 3)', errors: [] });
    expect(diagnostics(view)).toEqual([]);
  });

  it('completes from the table and sets the cursor into the call', async () => {
    const { view, type } = open();
    type('ta.em');
    act(() => {
      startCompletion(view);
    });
    await waitFor(() => expect(completionStatus(view.state)).toBe('active'));
    const [best] = currentCompletions(view.state);
    expect(best?.label).toBe('ta.ema');
    act(() => {
      if (best && typeof best.apply === 'function') best.apply(view, best, 0, 5);
    });
    expect(view.state.doc.toString()).toBe('ta.ema()');
    expect(view.state.selection.main.head).toBe(7);
  });

  it('shows the parameters while one is in a call', () => {
    const { root, type } = open();
    type('ta.ema(close, ');
    const help = root.querySelector('.cw-signature');
    expect(help?.querySelector('strong')?.textContent).toBe('length = 14');
    expect(help?.textContent).toContain('whole, 1 to 5000');
    type('3)');
    expect(root.querySelector('.cw-signature')).toBeNull();
  });

  it('swallows the parenthesis that somebody types by habit after a completion, and the closing one is typed over', () => {
    const { view, type } = open();
    type('ta.em');
    const ema = completionsOf(TABLE).find((one) => one.label === 'ta.ema');
    act(() => {
      if (ema && typeof ema.apply === 'function') ema.apply(view, ema, 0, 5);
    });
    const press = (text: string) => {
      const { head } = view.state.selection.main;
      const insert = () => view.state.update({ changes: { from: head, insert: text } });
      act(() => {
        const taken = view.state
          .facet(EditorView.inputHandler)
          .some((one) => one(view, head, head, text, insert));
        if (!taken) view.dispatch({ changes: { from: head, insert: text }, selection: { anchor: head + 1 } });
      });
    };
    press('(');
    expect(view.state.doc.toString()).toBe('ta.ema()');
    expect(view.state.selection.main.head).toBe(7);
    // Once: the next one is meant.
    press('(');
    expect(view.state.doc.toString()).toBe('ta.ema(())');
    press('h');
    press(')');
    press(')');
    expect(view.state.doc.toString()).toBe('ta.ema((h))');
  });

  it('of one line submits with Enter, and keeps the lines of what is pasted', () => {
    const onSubmit = vi.fn();
    const onChange = vi.fn();
    const { content, view } = open({ single: true, onSubmit, onChange, value: 'close' });
    fireEvent.keyDown(content, { key: 'Enter', code: 'Enter', keyCode: 13 });
    expect(onSubmit).toHaveBeenCalledOnce();
    expect(view.state.doc.toString()).toBe('close');
    act(() => view.dispatch({ changes: { from: 0, to: 5, insert: 'a = 2\n// why\nclose > a' } }));
    expect(onChange).toHaveBeenLastCalledWith('a = 2\n// why\nclose > a');
    act(() => view.dispatch({ selection: { anchor: view.state.doc.length } }));
    fireEvent.keyDown(content, { key: 'Enter', code: 'Enter', keyCode: 13, shiftKey: true });
    expect(view.state.doc.lines).toBe(4);
    expect(onSubmit).toHaveBeenCalledOnce();
  });

  it('of several lines submits with Ctrl and Enter', () => {
    const onSubmit = vi.fn();
    const { content } = open({ onSubmit, value: 'close' });
    fireEvent.keyDown(content, { key: 'Enter', code: 'Enter', keyCode: 13 });
    expect(onSubmit).not.toHaveBeenCalled();
    fireEvent.keyDown(content, { key: 'Enter', code: 'Enter', keyCode: 13, ctrlKey: true });
    expect(onSubmit).toHaveBeenCalledOnce();
  });

  it('closes the parameters with Escape first, until another call is entered', () => {
    const onEscape = vi.fn();
    const { content, root, type, view } = open({ onEscape });
    const pressEscape = () => fireEvent.keyDown(content, { key: 'Escape', code: 'Escape', keyCode: 27 });
    const help = () => root.querySelector('.cw-signature')?.textContent ?? null;
    type('ta.ema(close, ');
    pressEscape();
    expect(help()).toBeNull();
    expect(onEscape).not.toHaveBeenCalled();
    act(() => view.dispatch({ changes: { from: 0, insert: '1 + ' } }));
    type('3');
    expect(help()).toBeNull();
    type(' + ta.rsi(');
    expect(help()).toContain('ta.rsi(');
    pressEscape();
    pressEscape();
    expect(onEscape).toHaveBeenCalledOnce();
  });

  it('gives Escape on where it closes nothing of its own, and does not keep Tab', () => {
    const onEscape = vi.fn();
    const { content, view } = open({ onEscape });
    fireEvent.keyDown(content, { key: 'Escape', code: 'Escape', keyCode: 27 });
    expect(onEscape).toHaveBeenCalledOnce();
    expect(fireEvent.keyDown(content, { key: 'Tab', code: 'Tab', keyCode: 9 })).toBe(true);
    expect(view.state.doc.toString()).toBe('');
  });
});
