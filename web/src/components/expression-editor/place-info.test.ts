import type { EditorView, Rect } from '@codemirror/view';
import { describe, expect, it } from 'vitest';
import { placeInfo } from './place-info';

const view = {} as EditorView;
const rect = (left: number, top: number, width: number, height: number): Rect => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
const place = (list: Rect, room: Rect) =>
  placeInfo(view, list, rect(list.left, list.top + 20, 300, 20), rect(0, 0, 215, 90), room);

describe('what is said of a completion', () => {
  it('stands to the right of the list where there is room', () => {
    expect(place(rect(100, 100, 300, 200), rect(0, 0, 700, 800))).toEqual({
      class: 'cm-completionInfo-right',
      style: 'top: 20px',
    });
  });

  it('stands to the left where the dialog ends at the right', () => {
    expect(place(rect(300, 100, 300, 200), rect(0, 0, 700, 800)).class).toBe('cm-completionInfo-left');
  });

  it('stands below the list, else above it, where neither side has room', () => {
    const narrow = rect(0, 0, 420, 800);
    expect(place(rect(50, 100, 300, 200), narrow).style).toBe('top: 200px; left: 0; max-width: 362px');
    expect(place(rect(50, 550, 300, 200), narrow).style).toMatch(/^bottom: 200px/);
  });

  it('is left out where it would cover the list', () => {
    expect(place(rect(50, 50, 300, 200), rect(0, 0, 420, 300))).toEqual({ style: 'display: none' });
  });
});
