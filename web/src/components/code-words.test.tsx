// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { appendWords, CodeWords } from './code-words';

afterEach(() => cleanup());

const html = (text: string) => render(<CodeWords text={text} />).container.innerHTML;

it.each([
  ['plain words', 'plain words'],
  ['`length` - 1 bars of `source`', '<code>length</code> - 1 bars of <code>source</code>'],
  ['one ` alone', 'one ` alone'],
  ['less `<b>`', 'less <code>&lt;b&gt;</code>'],
])('%s', (text, expected) => {
  expect(html(text)).toBe(expected);
  const element = document.createElement('p');
  appendWords(element, text);
  expect(element.innerHTML).toBe(expected);
});
