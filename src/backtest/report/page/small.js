// A part of the script of a run's report: the parts are put together in one function, in the order of CMakeLists.txt.
// Distribution, excursions, costs, Monte Carlo.
function drawDistribution(figure) {
  if (!data.bins) return empty(figure, 'There are no closed trades.');
  const box = frame(figure, 250);
  const last = data.bin_from + data.bin_width * data.bins.length;
  const x = linear(data.bin_from, last, box.left, box.right),
    y = linear(0, extent(data.bins)[1] * 1.08, 220, 10);
  yAxis(
    box,
    y,
    ticks(0, extent(data.bins)[1], 4).filter((one) => one % 1 === 0),
    (value) => number(value, 0),
  );
  data.bins.forEach((count, i) => {
    const from = data.bin_from + i * data.bin_width,
      middle = from + data.bin_width / 2;
    const name = Math.abs(middle) < data.bin_width / 2 ? '' : middle > 0 ? 'rise' : 'sink';
    const bar = node(
      'rect',
      {
        class: name,
        x: x(from) + 0.5,
        y: y(count),
        width: Math.max(0.5, x(from + data.bin_width) - x(from) - 1),
        height: y(0) - y(count),
        stroke: 'none',
        fill: name ? '' : 'gray',
      },
      box.svg,
    );
    if (name) bar.removeAttribute('fill');
    const edge =
      i === 0 ? 'or less' : i === data.bins.length - 1 ? 'or more' : `to ${number(from + data.bin_width)} %`;
    node('title', {}, bar, `${number(from)} % ${edge}: ${count}`);
  });
  xAxis(
    box,
    x,
    ticks(data.bin_from, last, box.width / 90).map((at) => ({ at, text: `${+at.toFixed(4)} %` })),
    220,
    220,
  );
}
function drawExcursions(figure) {
  if (!data.trades.length) return empty(figure, 'There are no trades.');
  const box = frame(figure, 250);
  const mae = data.trades.map((one) => one[T.mae]),
    mfe = data.trades.map((one) => one[T.mfe]);
  const x = linear(0, extent(mae)[1] * 1.04 || 1, box.left, box.right),
    y = linear(0, extent(mfe)[1] * 1.06 || 1, 205, 10);
  yAxis(box, y, ticks(0, extent(mfe)[1] || 1, 4), (value) => `${short(value)} %`);
  xAxis(
    box,
    x,
    ticks(0, extent(mae)[1] || 1, box.width / 90).map((at) => ({ at, text: `${+at.toFixed(3)} %` })),
    205,
    205,
  );
  for (const trade of data.trades) {
    const dot = node(
      'circle',
      { class: `dot ${trade[T.pnl] > 0 ? 'rise' : 'sink'}`, cx: x(trade[T.mae]), cy: y(trade[T.mfe]), r: 3 },
      box.svg,
    );
    node(
      'title',
      {},
      dot,
      `trade ${trade[T.id]}: worst ${number(trade[T.mae])} %, best ${number(trade[T.mfe])} %, ended with ${number(trade[T.percent])} %`,
    );
  }
  node('text', { x: box.right, y: 240, 'text-anchor': 'end' }, box.svg, 'worst price against the position →');
  node('text', { x: box.left + 4, y: 18 }, box.svg, '↑ best price for it');
}
function drawCosts(figure) {
  const box = frame(figure, 250);
  const points = data.costs.filter((one) => one[1] !== null);
  const most = Math.max(points[points.length - 1][0], Math.min(data.break_even || 0, 300) * 1.15);
  const range = padded(
    extent(
      points.map((one) => one[1]),
      [0],
    ),
    0.1,
  );
  const x = linear(0, most, box.left, box.right),
    y = linear(...range, 220, 10);
  yAxis(box, y, ticks(...range, 4), (value) => `${short(100 * value)} %`);
  xAxis(
    box,
    x,
    ticks(0, most, box.width / 80).map((at) => ({ at, text: `${at}` })),
    220,
    220,
  );
  node(
    'path',
    {
      class: 'line main',
      d: path(
        points.map((one) => x(one[0])),
        points.map((one) => y(one[1])),
      ),
    },
    box.svg,
  );
  for (const [bps, share] of points) {
    const dot = node(
      'circle',
      { class: share > 0 ? 'rise' : 'sink', cx: x(bps), cy: y(share), r: 3 },
      box.svg,
    );
    node('title', {}, dot, `${bps} bps: ${percent(share)}`);
  }
  if (data.break_even && data.break_even <= most) {
    const at = x(data.break_even);
    node('line', { class: 'cross', x1: at, x2: at, y1: 10, y2: 220 }, box.svg);
    const late = at > box.right - 140;
    node(
      'text',
      { class: 'mark', x: at + (late ? -6 : 6), y: 22, 'text-anchor': late ? 'end' : 'start' },
      box.svg,
      `break-even ${number(data.break_even)} bps`,
    );
  }
}
function drawFan(figure) {
  const box = frame(figure, 250);
  const { after, growth } = data.fan;
  const band = (q) => growth.map((one) => one[q]);
  const range = padded(extent(band(0), band(4), [1]));
  const x = linear(0, after[after.length - 1], box.left, box.right),
    y = linear(...range, 220, 10);
  yAxis(box, y, ticks(...range, 5), (value) => `${short(value)} ×`);
  xAxis(
    box,
    x,
    ticks(0, after[after.length - 1], box.width / 90)
      .filter((at) => at % 1 === 0)
      .map((at) => ({ at, text: `${at}` })),
    220,
    220,
  );
  const xs = [box.left, ...after.map(x)];
  const line = (q) => [y(1), ...band(q).map(y)];
  for (const [low, high] of [
    [0, 4],
    [1, 3],
  ])
    node(
      'path',
      {
        class: 'band',
        d: `${path(xs, line(high))}${path([...xs].reverse(), line(low).reverse()).replace('M', 'L')}Z`,
      },
      box.svg,
    );
  node('path', { class: 'line main', d: path(xs, line(2)) }, box.svg);
  node(
    'line',
    { class: 'axis', x1: box.left, x2: box.right, y1: y(1), y2: y(1), 'stroke-dasharray': '4 3' },
    box.svg,
  );
}
