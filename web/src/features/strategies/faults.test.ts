import { describe, expect, it } from 'vitest';
import { DOCUMENT } from '@/lib/testing-strategies';
import { freeName, nameOf, renamed, TEMPLATE, toLanguageError } from './faults';

const FAULT = {
  code: 'x',
  field: 'long.entry',
  message: 'no',
  line: 3,
  column: 10,
  length: 7,
  suggestions: [],
};

describe('a fault', () => {
  it('is underlined where it is', () => {
    expect(toLanguageError(FAULT, 'a\nb\nentry: …')).toMatchObject({
      line: 3,
      column: 10,
      length: 7,
      message: 'long.entry: no',
    });
  });
  it('without a column is the whole line’s, without a line the first’s', () => {
    expect(toLanguageError({ ...FAULT, line: 2, column: 0 }, 'a\n  entry: x')).toMatchObject({
      line: 2,
      column: 3,
      length: 8,
    });
    expect(toLanguageError({ ...FAULT, line: 0, column: 0, field: '' }, '')).toMatchObject({
      line: 1,
      column: 1,
      length: 1,
      message: 'no',
    });
  });
});

describe('the name of a document', () => {
  it('is read of YAML and JSON', () => {
    expect(nameOf(DOCUMENT)).toBe('ema-cross');
    expect(nameOf('# mine\nname: "x-1" # so\n')).toBe('x-1');
    expect(nameOf('{"title": "t", "name": "x"}')).toBeNull();
    expect(nameOf('{\n  "name": "x"\n}')).toBe('x');
    expect(nameOf('title: x')).toBeNull();
  });
  it('is changed for a copy, and nothing else with it', () => {
    const copy = renamed(DOCUMENT, 'mine');
    expect(nameOf(copy)).toBe('mine');
    expect(copy.replace('name: mine', 'name: ema-cross')).toBe(DOCUMENT);
    expect(renamed('{"name": "a", "long": {}}', 'b')).toBe('{"name": "b", "long": {}}');
    expect(nameOf(renamed('title: x', 'b'))).toBe('b');
    expect(nameOf(TEMPLATE)).toBe('my-strategy');
  });
  it('is one that nobody has', () => {
    expect(freeName('a', [])).toBe('a');
    expect(freeName('a', ['a', 'a-2'])).toBe('a-3');
  });
});
