/** One shortcut of the desk, also listed in the help. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly meaning: string;
}

/** Whether a key press is meant for a field and not for the desk. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

export const SHORTCUTS: readonly { readonly place: string; readonly list: readonly Shortcut[] }[] = [
  {
    place: 'Anywhere',
    list: [
      { keys: ['/'], meaning: 'Search the watch list' },
      { keys: ['[', ']'], meaning: 'Finer or coarser timeframe' },
      { keys: ['J', 'K'], meaning: 'Next or previous instrument' },
      { keys: ['C'], meaning: 'Move to the chart' },
      { keys: ['I'], meaning: 'Indicators and expressions' },
      { keys: ['T'], meaning: 'Theme: system, light, dark' },
      { keys: ['?'], meaning: 'This help' },
    ],
  },
  {
    place: 'In the watch list',
    list: [
      { keys: ['↑', '↓'], meaning: 'Move through the instruments' },
      { keys: ['Home', 'End'], meaning: 'First or last instrument' },
      { keys: ['Enter'], meaning: 'Show it in the chart' },
      { keys: ['→', 'Enter'], meaning: 'Its page of signals' },
      { keys: ['Esc'], meaning: 'Clear the search' },
    ],
  },
  {
    place: 'In the chart',
    list: [
      { keys: ['←', '→'], meaning: 'Read bar by bar; with Shift move the view' },
      { keys: ['+', '−'], meaning: 'Zoom' },
      { keys: ['Home', 'End'], meaning: 'Oldest loaded bar, newest bar' },
      { keys: ['A', 'L'], meaning: 'Auto scale, logarithmic scale' },
      { keys: ['Esc'], meaning: 'Let go of the bar' },
    ],
  },
  {
    place: 'On the board of signals',
    list: [
      { keys: ['↑', '↓', '←', '→'], meaning: 'Move through symbols and timeframes' },
      { keys: ['Enter'], meaning: 'Open the symbol' },
    ],
  },
];
