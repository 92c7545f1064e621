import type { IChartApiBase, Time } from 'lightweight-charts';

/** Where indicators' own panes begin, in pixels from the top of the chart. */
export type PaneTops = Readonly<Record<string, number>>;

/** Tells where the panes begin, now and whenever one has another height, until the returned function is called. */
export function watchPanes(
  container: HTMLElement,
  chart: IChartApiBase<Time>,
  own: ReadonlyMap<string, number>,
  tell: (tops: PaneTops) => void,
): () => void {
  let frame = 0;
  const measure = () => {
    const top = container.getBoundingClientRect().top;
    const panes = chart.panes();
    const tops: Record<string, number> = {};
    for (const [id, index] of own) {
      const element = panes[index]?.getHTMLElement();
      if (element) tops[id] = Math.round(element.getBoundingClientRect().top - top);
    }
    tell(tops);
  };
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(measure);
  };
  const watcher = new ResizeObserver(soon);
  // New panes get their elements with the next frame.
  frame = requestAnimationFrame(() => {
    for (const pane of chart.panes()) {
      const element = pane.getHTMLElement();
      if (element) watcher.observe(element);
    }
    measure();
  });
  return () => {
    cancelAnimationFrame(frame);
    watcher.disconnect();
  };
}

/** Smaller changes of a share are rounding. */
const DRAGGED = 0.01;

/** Tells the shares of the panes after a press that has changed one: the library itself does not tell of a dragged edge. */
export function watchDrags(
  container: HTMLElement,
  shares: () => Readonly<Record<string, number>>,
  tell: (shares: Readonly<Record<string, number>>) => void,
): () => void {
  let before: Readonly<Record<string, number>> | null = null;
  const pressed = () => {
    before = shares();
  };
  const released = () => {
    if (before === null) return;
    const now = shares();
    const dragged = Object.entries(now).some(([id, share]) => {
      const was = before?.[id];
      return was !== undefined && Math.abs(share - was) > DRAGGED;
    });
    before = null;
    if (dragged) tell(now);
  };
  container.addEventListener('pointerdown', pressed, true);
  addEventListener('pointerup', released);
  return () => {
    container.removeEventListener('pointerdown', pressed, true);
    removeEventListener('pointerup', released);
  };
}
