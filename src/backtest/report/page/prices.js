// A part of the script of a run's report: the parts are put together in one function, in the order of CMakeLists.txt.
const T = {
  id: 0,
  side: 1,
  entry: 2,
  entryPrice: 3,
  exit: 4,
  exitPrice: 5,
  quantity: 6,
  pnl: 7,
  percent: 8,
  fees: 9,
  slippage: 10,
  mae: 11,
  mfe: 12,
  bars: 13,
  reason: 14,
  chart: 15,
};
// Of several instruments each has a chart of its own, over the same time.
let chart = data.charts[0];
let bucket = chart.each * data.bar_ms;
const begin = Math.min(...data.charts.map((one) => one.bar_time[0]));
const end = Math.max(...data.charts.map((one) => one.bar_time[one.bar_time.length - 1] + one.each * data.bar_ms));
const view = { from: begin, to: end };
function look(from, to) {
  const least = 20 * bucket;
  const length = Math.min(end - begin, Math.max(least, to - from));
  view.from = Math.max(begin, Math.min(from, end - length));
  view.to = view.from + length;
  drawPrice(document.getElementById('price'));
}
/** Draws another instrument's prices from now on; where is left to `look`. */
function choose(index) {
  chart = data.charts[index];
  bucket = chart.each * data.bar_ms;
  const select = document.getElementById('instrument');
  if (select) select.value = index;
}
const zoom = (by) => {
  const middle = (view.from + view.to) / 2,
    half = ((view.to - view.from) / 2) * by;
  look(middle - half, middle + half);
};
function priceTools(figure) {
  if (figure.querySelector('.bar-of-tools')) return figure.querySelector('output');
  const tools = node('div', { class: 'bar-of-tools' });
  figure.prepend(tools);
  if (data.charts.length > 1) {
    const select = node('select', { id: 'instrument', 'aria-label': 'Instrument' }, tools);
    data.charts.forEach((one, index) => node('option', { value: index }, select, one.symbol));
    select.addEventListener('change', () => {
      choose(+select.value);
      look(view.from, view.to);
    });
  }
  const output = node('output', {}, tools);
  if (data.trades.length < data.trades_all)
    output.textContent = `the newest ${number(data.trades.length, 0)} of ${number(data.trades_all, 0)} trades`;
  const move = (share) =>
    look(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));
  for (const [text, label, act] of [
    ['◀', 'earlier', () => move(-0.5)],
    ['▶', 'later', () => move(0.5)],
    ['+', 'closer', () => zoom(0.5)],
    ['−', 'farther', () => zoom(2)],
    ['all', 'the whole run', () => look(begin, end)],
  ]) {
    node('button', { type: 'button', 'aria-label': label, title: label }, tools, text).addEventListener(
      'click',
      act,
    );
  }
  return output;
}
function drawCandles(box, x, y, from, to) {
  const each = Math.abs(x(begin + bucket) - x(begin));
  const rise = { wick: '', body: '' },
    sink = { wick: '', body: '' };
  for (let i = from; i < to; i++) {
    const into = chart.close[i] >= chart.open[i] ? rise : sink;
    const middle = x(chart.bar_time[i] + bucket / 2).toFixed(1);
    into.wick += `M${middle} ${y(chart.high[i]).toFixed(1)}V${y(chart.low[i]).toFixed(1)}`;
    if (each < 2.5) continue;
    const top = y(Math.max(chart.open[i], chart.close[i])),
      low = y(Math.min(chart.open[i], chart.close[i]));
    const half = (each * 0.36).toFixed(2);
    into.body += `M${(middle - half).toFixed(1)} ${top.toFixed(1)}h${2 * half}V${Math.max(low, top + 0.8).toFixed(1)}h${-2 * half}Z`;
  }
  for (const [way, name] of [
    [rise, 'rise'],
    [sink, 'sink'],
  ]) {
    node(
      'path',
      {
        class: name,
        d: way.wick,
        'stroke-opacity': each < 2.5 ? 0.6 : 1,
        'stroke-width': Math.min(1, Math.max(0.5, each * 0.7)),
      },
      box.svg,
    );
    node('path', { class: name, d: way.body, stroke: 'none' }, box.svg);
  }
}
const MARKED_MOST = 250; // trades in view whose ends are marked: more would hide the price
/** Answers whether the ends of trades are marked. */
function drawTrades(box, x, y) {
  const seen = data.trades.filter((trade) => data.charts[trade[T.chart]] === chart && trade[T.exit] >= view.from && trade[T.entry] <= view.to);
  const marked = seen.length <= MARKED_MOST;
  for (const trade of seen) {
    const x1 = x(trade[T.entry]),
      y1 = y(trade[T.entryPrice]),
      x2 = x(trade[T.exit]),
      y2 = y(trade[T.exitPrice]);
    const won = trade[T.pnl] > 0;
    node('line', { class: `way ${won ? 'rise' : 'sink'}`, x1, y1, x2, y2 }, box.svg);
    if (!marked) continue;
    const up = trade[T.side] > 0 ? 1 : -1;
    const mark = node('path', { class: 'entry', d: `M${x1} ${y1}l-4.5 ${8 * up}h9Z` }, box.svg);
    node(
      'title',
      {},
      mark,
      `${up > 0 ? 'long' : 'short'} ${trade[T.id]}: ${minute(trade[T.entry])} at ${price(trade[T.entryPrice])}`,
    );
    const out = node(
      'path',
      { class: `exit ${won ? 'rise' : 'sink'}`, d: `M${x2 - 3.5} ${y2 - 3.5}l7 7m0 -7l-7 7` },
      box.svg,
    );
    node(
      'title',
      {},
      out,
      `${trade[T.reason]}: ${minute(trade[T.exit])} at ${price(trade[T.exitPrice])}, ${number(trade[T.percent])} %`,
    );
  }
  return marked;
}
/** Prices of one axis, all with the places that its step needs. */
const axisPrice = ([low, high]) => {
  const places = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10((high - low) / 6))));
  return (value) => number(value, (high - low) / 6 >= 10 ? 0 : places);
};
function drawPrice(figure) {
  const output = priceTools(figure);
  const box = frame(figure, 400, 66);
  const from = Math.max(0, place(chart.bar_time, view.from - bucket + 1)),
    to = place(chart.bar_time, view.to);
  const range = padded(extent(chart.high.slice(from, to), chart.low.slice(from, to)));
  const x = linear(view.from, view.to, box.left, box.right),
    y = linear(...range, 300, 12);
  xAxis(box, x, timeTicks(view.from, view.to, box.width / 110), 300, 12);
  yAxis(
    box,
    y,
    ticks(...range, 6).filter((one) => one >= 0),
    axisPrice(range),
  );
  // A drawing of its own cuts off what lies outside.
  const wide = box.right - box.left;
  const plot = { x: box.left, y: 12, width: wide, height: 288, viewBox: `${box.left} 12 ${wide} 288` };
  const inner = { ...box, svg: node('svg', plot, box.svg) };
  drawCandles(inner, x, y, from, to);
  if (!drawTrades(inner, x, y)) output.textContent = 'closer, entries and exits are marked';
  drag(
    box.svg,
    (start, moved) =>
      look(
        start.from - (moved * (start.to - start.from)) / (box.right - box.left),
        start.to - (moved * (start.to - start.from)) / (box.right - box.left),
      ),
    box,
  );
  box.svg.addEventListener('pointermove', (event) => {
    const at = place(chart.bar_time, x.back(inside(event, box))) - 1;
    if (at < 0 || at >= chart.close.length) return;
    output.textContent = `${minute(chart.bar_time[at])}   O ${price(chart.open[at])}  H ${price(chart.high[at])}  L ${price(chart.low[at])}  C ${price(chart.close[at])}${chart.each > 1 ? `   (${chart.each} bars each)` : ''}`;
  });
  drawOverview(box);
}
const inside = (event, box) =>
  ((event.clientX - box.svg.getBoundingClientRect().left) / box.svg.clientWidth) * box.width;
/** Calls `move` with the view at the begin and how far the pointer went since, in the drawing's own units. */
function drag(target, move, box) {
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const start = { ...view },
      unit = box.width / box.svg.clientWidth; // the drawing is made anew while it moves
    const go = (moved) => move(start, (moved.clientX - event.clientX) * unit);
    let waiting = null;
    const onMove = (moved) => {
      if (waiting === null)
        requestAnimationFrame(() => {
          go(waiting);
          waiting = null;
        });
      waiting = moved;
    };
    const stop = () => {
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', stop);
      removeEventListener('pointercancel', stop);
    };
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', stop);
    addEventListener('pointercancel', stop);
  });
}
function drawOverview(box) {
  const part = node('g', { id: 'overview' }, box.svg);
  const x = linear(begin, end, box.left, box.right),
    y = linear(...padded(extent(chart.close)), 385, 335);
  node(
    'path',
    {
      class: 'line other',
      d: path(
        chart.bar_time.map((one) => x(one + bucket)),
        chart.close.map(y),
      ),
    },
    part,
  );
  const left = x(view.from),
    right = x(view.to),
    span = end - begin,
    wide = box.right - box.left;
  const window_ = node(
    'rect',
    { class: 'window', x: left, y: 328, width: Math.max(2, right - left), height: 64, rx: 3 },
    part,
  );
  drag(
    window_,
    (start, moved) => look(start.from + (moved / wide) * span, start.to + (moved / wide) * span),
    box,
  );
  for (const [at, edge] of [
    [left, 'from'],
    [right, 'to'],
  ]) {
    const handle = node('rect', { class: 'handle', x: at - 3, y: 345, width: 6, height: 30, rx: 3 }, part);
    drag(
      handle,
      (start, moved) => {
        const to = start[edge] + (moved / wide) * span;
        if (edge === 'from') look(Math.min(to, start.to - 20 * bucket), start.to);
        else look(start.from, Math.max(to, start.from + 20 * bucket));
      },
      box,
    );
  }
}
