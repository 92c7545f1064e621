// A part of the script of a run's report: the parts are put together in one function, in the order of CMakeLists.txt.
// The page's own JSON, words, scales and axes.
const data = JSON.parse(document.getElementById('data').textContent);
const HOUR = 3600000,
  DAY = 24 * HOUR;
const redraws = [];

const number = (value, places = 2) =>
  value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
/** Short for an axis: 1.5 M, 20 k. */
const short = (value) => {
  for (const [size, unit] of [
    [1e12, ' T'],
    [1e9, ' B'],
    [1e6, ' M'],
    [1e4, ' k'],
  ])
    if (Math.abs(value) >= size) return `${+(value / (size === 1e4 ? 1e3 : size)).toPrecision(4)}${unit}`;
  return `${+value.toPrecision(6)}`;
};
const price = (value) =>
  number(value + 0, Math.max(0, Math.min(8, 5 - Math.ceil(Math.log10(Math.abs(value) || 1)))));
const percent = (share, places = 1) => `${number(100 * share, places)} %`;
const iso = (ms) => new Date(ms).toISOString();
const minute = (ms) => iso(ms).slice(0, 16).replace('T', ' ');

function node(name, attributes = {}, parent = null, text = null) {
  const svg = /^(svg|g|path|line|text|rect|circle|title)$/.test(name);
  const made = svg
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function linear(from, to, start, end) {
  const scale = (value) => start + ((value - from) / (to - from || 1)) * (end - start);
  scale.back = (at) => from + ((at - start) / (end - start || 1)) * (to - from);
  return scale;
}
function logarithmic(from, to, start, end) {
  const inner = linear(Math.log(from), Math.log(to), start, end);
  const scale = (value) => inner(Math.log(Math.max(value, from / 10)));
  return scale;
}
function ticks(from, to, about) {
  const rough = (to - from) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= rough) || rough;
  const out = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-9; i++) out.push(i * step + 0); // never -0
  return out;
}
function logTicks(from, to) {
  const out = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10)
    for (const times of [1, 2, 5]) if (times * power >= from && times * power <= to) out.push(times * power);
  return out.length < 3 ? ticks(from, to, 5) : out;
}
function timeTicks(from, to, about) {
  const rough = (to - from) / about;
  const steps = [HOUR / 12, HOUR / 4, HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
  const step = steps.find((one) => one >= rough);
  const out = [];
  if (step) {
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) out.push(at);
    return out.map((at) => ({
      at,
      text: step < DAY ? (at % DAY ? iso(at).slice(11, 16) : iso(at).slice(5, 10)) : iso(at).slice(5, 10),
    }));
  }
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find((one) => one * 30.4 * DAY >= rough) || 120;
  const first = new Date(from);
  for (let month = 0; ; month++) {
    const whole = first.getUTCFullYear() * 12 + first.getUTCMonth() + month;
    const at = Date.UTC(Math.floor(whole / 12), whole % 12);
    if (at > to) break;
    if (at >= from && whole % months === 0)
      out.push({ at, text: months % 12 === 0 ? iso(at).slice(0, 4) : iso(at).slice(0, 7) });
  }
  return out;
}
const extent = (...columns) => {
  let low = Infinity,
    high = -Infinity;
  for (const column of columns)
    for (const one of column)
      if (one !== null) {
        low = Math.min(low, one);
        high = Math.max(high, one);
      }
  return low <= high ? [low, high] : [0, 1];
};
const padded = ([low, high], share = 0.05) => {
  const by = (high - low || Math.abs(high) || 1) * share;
  return [low - by, high + by];
};
/** The first place at or after which a sorted column reaches a value. */
function place(column, value) {
  let low = 0,
    high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function frame(figure, height, left = 58, right = 10) {
  const width = Math.max(280, figure.clientWidth);
  const old = figure.querySelector(':scope > svg');
  const svg = node('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': figure.getAttribute('aria-label'),
  });
  if (old) old.replaceWith(svg);
  else figure.append(svg);
  return { svg, width, height, left, right: width - right };
}
function yAxis(box, scale, values, text) {
  for (const value of values) {
    const y = scale(value);
    node(
      'line',
      { class: value === 0 ? 'axis' : 'grid', x1: box.left, x2: box.right, y1: y, y2: y },
      box.svg,
    );
    node('text', { x: box.left - 6, y: y + 4, 'text-anchor': 'end' }, box.svg, text(value));
  }
}
function xAxis(box, scale, marks, bottom, top) {
  for (const { at, text } of marks) {
    const x = scale(at);
    node('line', { class: 'grid', x1: x, x2: x, y1: top, y2: bottom }, box.svg);
    const anchor = x < box.left + 18 ? 'start' : x > box.right - 18 ? 'end' : 'middle';
    node('text', { x, y: bottom + 15, 'text-anchor': anchor }, box.svg, text);
  }
}
const path = (xs, ys) => {
  let out = '';
  for (let i = 0; i < xs.length; i++) out += `${i ? 'L' : 'M'}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`;
  return out;
};
function drawing(id, draw) {
  const figure = document.getElementById(id);
  if (!figure) return;
  const again = () => draw(figure);
  redraws.push(again);
  again();
}
const empty = (figure, text) => {
  if (!figure.querySelector('p')) node('p', { class: 'about' }, figure, text);
};
