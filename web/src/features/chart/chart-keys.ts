import type { KeyboardEvent } from 'react';
import type { PriceScale } from './scale-buttons';
import type { CandleChartControls } from './use-candle-chart';

const SHIFTED_BARS = 20;

function toSide(controls: CandleChartControls, side: 1 | -1, shift: boolean): void {
  if (shift) controls.pan(side * SHIFTED_BARS);
  else controls.moveCursor(side);
}

const CHART_KEYS: Readonly<Record<string, (controls: CandleChartControls, shift: boolean) => void>> = {
  ArrowLeft: (controls, shift) => toSide(controls, -1, shift),
  ArrowRight: (controls, shift) => toSide(controls, 1, shift),
  '+': (controls) => controls.zoom(0.8),
  '=': (controls) => controls.zoom(0.8),
  '-': (controls) => controls.zoom(1.25),
  Home: (controls) => controls.toOldest(),
  End: (controls) => controls.toLatest(),
  Escape: (controls) => controls.clearCursor(),
};

/** Does what a key means in the chart; false where it means nothing there. */
export function handleKey(event: KeyboardEvent, controls: CandleChartControls, scale: PriceScale): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const toggle = { a: scale.toggleAuto, l: scale.toggleLogarithmic }[event.key.toLowerCase()];
  if (toggle) {
    event.preventDefault();
    toggle();
    return true;
  }
  const action = CHART_KEYS[event.key];
  if (!action) return false;
  event.preventDefault();
  action(controls, event.shiftKey);
  return true;
}
