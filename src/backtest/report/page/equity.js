// A part of the script of a run's report: the parts are put together in one function, in the order of CMakeLists.txt.
let isLog = false;
function equityTools(figure) {
  if (figure.querySelector('.bar-of-tools')) return figure.querySelector('output');
  const tools = node('div', { class: 'bar-of-tools' });
  figure.prepend(tools);
  const output = node('output', {}, tools);
  const legend = node('span', {}, tools);
  node('span', { class: 'key' }, legend);
  legend.append('strategy ');
  node('span', { class: 'key other' }, legend);
  legend.append('buy and hold');
  const [low] = extent(data.equity, data.hold);
  if (low > 0) {
    const button = node('button', { type: 'button', 'aria-pressed': 'false' }, tools, 'log scale');
    button.addEventListener('click', () => {
      isLog = !isLog;
      button.setAttribute('aria-pressed', String(isLog));
      drawEquity(figure);
    });
  }
  return output;
}
function drawEquity(figure) {
  const output = equityTools(figure);
  const box = frame(figure, 400);
  const { time, equity, hold, drawdown } = data;
  const x = linear(time[0], time[time.length - 1] + data.bar_ms, box.left, box.right);
  const range = padded(extent(equity, hold));
  const bottom = 265;
  const y = isLog ? logarithmic(...extent(equity, hold), bottom, 12) : linear(...range, bottom, 12);
  const deep = linear(0, Math.min(-0.01, extent(drawdown)[0] * 1.08), 295, 375);
  const marks = timeTicks(time[0], time[time.length - 1], box.width / 110);
  xAxis(box, x, marks, 375, 12);
  yAxis(box, y, isLog ? logTicks(...extent(equity, hold)) : ticks(...range, 5), short);
  yAxis(box, deep, ticks(Math.min(-0.01, extent(drawdown)[0]), 0, 3), (value) => percent(value, 0));
  const xs = time.map((one) => x(one + data.bar_ms));
  node('path', { class: 'line other', d: path(xs, hold.map(y)) }, box.svg);
  node('path', { class: 'line main', d: path(xs, equity.map(y)) }, box.svg);
  node(
    'path',
    {
      class: 'fall',
      d: `M${xs[0]} ${deep(0)}${path(xs, drawdown.map(deep)).replace('M', 'L')}L${xs[xs.length - 1]} ${deep(0)}Z`,
    },
    box.svg,
  );
  const cross = node('line', { class: 'cross', y1: 12, y2: 375, visibility: 'hidden' }, box.svg);
  const show = (at) => {
    output.textContent = `${minute(time[at] + data.bar_ms)}   ${number(equity[at])}   hold ${number(hold[at])}   drawdown ${percent(-drawdown[at])}`;
    cross.setAttribute('x1', xs[at]);
    cross.setAttribute('x2', xs[at]);
    cross.setAttribute('visibility', 'visible');
  };
  box.svg.addEventListener('pointermove', (event) => {
    const at =
      x.back(((event.clientX - box.svg.getBoundingClientRect().left) / box.svg.clientWidth) * box.width) -
      data.bar_ms;
    show(Math.min(time.length - 1, place(time, at)));
  });
  box.svg.addEventListener('pointerleave', () => cross.setAttribute('visibility', 'hidden'));
}
