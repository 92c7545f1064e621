// A part of the script of a run's report: the parts are put together in one function, in the order of CMakeLists.txt.
// The table of trades, then everything is drawn.
const columns = [
  ['#', T.id, (value) => value],
  ...(data.charts.length > 1 ? [['Symbol', T.chart, (value) => data.charts[value].symbol]] : []),
  ['Side', T.side, (value) => (value > 0 ? 'long' : 'short')],
  ['Entry', T.entry, minute],
  ['Price', T.entryPrice, price],
  ['Exit', T.exit, minute],
  ['Price', T.exitPrice, price],
  ['Quantity', T.quantity, (value) => String(+value.toPrecision(6))],
  ['Profit', T.pnl, (value) => number(value)],
  ['%', T.percent, (value) => number(value)],
  ['Fees', T.fees, (value) => number(value)],
  ['Slippage', T.slippage, (value) => number(value)],
  ['MAE %', T.mae, (value) => number(value)],
  ['MFE %', T.mfe, (value) => number(value)],
  ['Bars', T.bars, (value) => value],
  ['Ended by', T.reason, (value) => value.replace('_', ' ')],
];
function drawTable(section) {
  const all = data.trades_all,
    shown = data.trades.length;
  node(
    'p',
    { class: 'about' },
    section,
    all === 0
      ? 'It never traded.'
      : `${number(all, 0)} trades${shown < all ? `; the newest ${number(shown, 0)} are here, on the chart and in the scatter` : ''}. A row shows its trade on the chart.`,
  );
  if (!shown) return;
  const table = node(
    'table',
    {},
    node('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Trades' }, section),
  );
  const head = node('tr', {}, node('thead', {}, table));
  const body = node('tbody', {}, table);
  const rows = [...data.trades];
  let by = T.id,
    down = 1;
  const fill = () => {
    body.replaceChildren();
    for (const trade of rows) {
      const row = node('tr', { tabindex: '0' }, body);
      for (const [, at, text] of columns) {
        const coloured = at === T.pnl || at === T.percent;
        node(
          'td',
          coloured ? { class: trade[at] > 0 ? 'up' : trade[at] < 0 ? 'down' : '' } : {},
          row,
          text(trade[at]),
        );
      }
      const show = () => {
        choose(trade[T.chart]);
        const length = Math.max(trade[T.exit] - trade[T.entry], 10 * bucket);
        look(trade[T.entry] - 1.5 * length, trade[T.exit] + 1.5 * length);
        document.getElementById('chart').scrollIntoView({ block: 'start' });
      };
      row.addEventListener('click', show);
      row.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') show();
      });
    }
  };
  for (const [name, at] of columns) {
    const cell = node('th', { scope: 'col' }, head);
    const button = node('button', { type: 'button' }, cell, name);
    button.addEventListener('click', () => {
      down = by === at ? -down : 1;
      by = at;
      rows.sort((a, b) => (a[at] > b[at] ? 1 : a[at] < b[at] ? -1 : a[T.id] - b[T.id]) * down);
      for (const one of head.children) one.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', down > 0 ? 'ascending' : 'descending');
      fill();
    });
  }
  fill();
}

drawing('equity', drawEquity);
drawing('price', drawPrice);
drawing('distribution', drawDistribution);
drawing('excursions', drawExcursions);
if (data.costs) drawing('costs', drawCosts);
if (data.fan) drawing('fan', drawFan);
drawTable(document.getElementById('trades'));
let width = document.body.clientWidth;
addEventListener('resize', () => {
  if (document.body.clientWidth === width) return;
  width = document.body.clientWidth;
  for (const again of redraws) again();
});
