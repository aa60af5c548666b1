// The heat map: a figure over two axes, its values in the cells.

const LEGEND = 38;

function heatSpec(kpi, slice) {
  const [x, y] = [slice.x, slice.lines], found = slice.points, width = longestText(kpi, found) * 6.2 + 6;
  const left = Math.min(Math.max(...y.texts.map((text) => text.length)) * 6.6 + 22, 120);
  const high = y.texts.length > 14 ? 26 : 40, cell = Math.max(width, 38);
  return {
    label: `${kpi.title} over ${x.name} and ${y.name}${slice.words ? `, at ${slice.words}` : ''}`,
    height: LEGEND + 22 + high * y.texts.length + 46,
    leastWidth: left + cell * x.texts.length + 4,
    margins: { left, right: 2, top: LEGEND + 22, bottom: 46 },
    paint: (pen) => paintHeat(pen, kpi, found, x, y),
    finding: heatFinding(kpi, found),
    table: () => heatTable(kpi, found, x, y),
  };
}

const longestText = (kpi, found) => Math.max(4, ...found.map((point) => (valueOf(point, kpi) ? bare(kpi, valueOf(point, kpi)[0]).length : 1)));

function paintHeat(pen, kpi, found, x, y) {
  const means = found.map((point) => valueOf(point, kpi)?.[0]).filter((one) => one !== undefined);
  const low = Math.min(...means), high = Math.max(...means);
  const across = placesScale(x.texts, pen.left, pen.right), up = placesScale(y.texts, pen.bottom, pen.top);
  if (means.length) paintLegend(pen, kpi, low, high);
  const marks = found.map((point) => {
    const [cx, cy, w, h] = [across.of(point.x[x.at]), up.of(point.x[y.at]), across.band, -up.band];
    paintCell(pen, point, valueOf(point, kpi), kpi, low, high, [cx, cy, w, h]);
    return { x: cx, y: cy, w, h, point, text: sayPoint(point, kpi) };
  });
  y.texts.forEach((text, at) => pen.text(pen.left - 7, up.of(at) + 4, cutTo(text, pen.left - 12), { anchor: 'end' }));
  // where cells are narrow only some levels find room for their words
  const every = Math.max(1, Math.ceil((7.2 * Math.min(Math.max(...x.texts.map((text) => text.length)), 14) + 4) / across.band));
  x.texts.forEach((text, at) => at % every || pen.text(across.of(at), pen.bottom + 17, cutTo(text, every * across.band - 2)));
  pen.text(pen.right, pen.height - 6, x.name, { kind: 'name', anchor: 'end' });
  pen.text(0, pen.top - 8, y.name, { kind: 'name', anchor: 'start' });
  return marks;
}

const cutTo = (text, room) => (text.length * 6.6 <= room ? text : `${text.slice(0, Math.max(1, Math.floor(room / 6.6) - 1))}…`);

/** The scale of colours, from the lowest value to the highest. */
function paintLegend(pen, kpi, low, high) {
  const words = [bare(kpi, low), bare(kpi, high)], from = 6.4 * words[0].length + 8, long = Math.min(200, pen.width - from - 6.4 * words[1].length - 10), steps = 24;
  pen.text(0, 13, titled(kpi), { kind: 'name', anchor: 'start' });
  pen.text(0, 32, words[0], { anchor: 'start' });
  for (let at = 0; at < steps; at++) pen.rect(from + (at * long) / steps, 22, long / steps + 0.6, 11, 'swatch', `fill:${rgb(rampAt(at / (steps - 1)))}`);
  pen.text(from + long + 6, 32, words[1], { anchor: 'start' });
}

function paintCell(pen, point, found, kpi, low, high, [cx, cy, w, h]) {
  const [left, top] = [cx - w / 2 + 1, cy - h / 2 + 1];
  if (!found) {
    pen.rect(left, top, w - 2, h - 2, 'nothing');
    if (point.error) pen.path(markPath(cx, cy, 'cross', 5), 'mark st-failed');
    else pen.text(cx, cy + 4, '–');
    return;
  }
  const colour = rampAt((found[0] - low) / (high - low || 1)), ink = inkOn(colour);
  pen.rect(left, top, w - 2, h - 2, 'cell', `fill:${rgb(colour)}`);
  if (point.ok === 'met') {
    const inset = w < 56 ? 0.8 : 2; // digits need all of a narrow cell
    pen.rect(left + inset, top + inset, w - 2 - 2 * inset, h - 2 - 2 * inset, 'met', `stroke:${ink}`);
    pen.text(left + w - 12, top + 14, '✓', { kind: 'tick', fill: ink });
  }
  if (point.error) pen.path(markPath(left + w - 11, top + 9, 'cross', 3.5), 'mark', `stroke:${ink};fill:none`);
  pen.text(cx, cy + ((point.ok === 'met' || point.error) && h > 32 ? 7 : 4), bare(kpi, found[0]), { kind: 'value', fill: ink, size: w < 56 ? 10 : 0 });
}

function heatFinding(kpi, found) {
  const failed = found.filter((point) => point.error).length;
  return [
    'Every cell is a point, with its mean; choose one to see its settings.',
    demands.length ? 'A frame and a tick mark the points that meet every demand.' : '',
    failed ? 'A cross marks what failed.' : '',
  ].filter(Boolean).join(' ');
}

function heatTable(kpi, found, x, y) {
  const at = new Map(found.map((point) => [`${point.x[x.at]},${point.x[y.at]}`, point]));
  const cell = (i, j) => {
    const point = at.get(`${i},${j}`);
    return point ? withInterval(kpi, valueOf(point, kpi)) || (point.error ? 'failed' : 'not run') : '';
  };
  return {
    caption: `${titled(kpi)}: ${y.name} down, ${x.name} across; mean and 95 % interval`,
    head: [y.name, ...x.texts],
    rows: y.texts.map((text, j) => [text, ...x.texts.map((_, i) => cell(i, j))]),
  };
}
