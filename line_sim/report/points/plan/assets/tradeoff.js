// Cost against a figure: what more money brings, where the limit is, and which design is the answer.

const NOT_RUN = 34; // px below the chart for designs without figures
const across = hasCost ? COST : { title: 'Design', suffix: '', scale: 1, at: null }; // where nothing is said of cost
const placeOf = (point) => (hasCost ? point.c : point.v);
const isPlaced = (point) => typeof placeOf(point) === 'number';

function tradeoffSpec(kpi) {
  const known = points.filter((point) => valueOf(point, kpi)), rest = points.filter((point) => !valueOf(point, kpi));
  return {
    label: `${kpi.title} against ${across.title.toLowerCase()}, ${counted(known.length, 'designs')} with figures${answer ? `, the answer is design ${answer.v}` : ''}`,
    height: 400 + (rest.length ? NOT_RUN : 0),
    margins: { bottom: 44 + (rest.length ? NOT_RUN : 0) },
    paint: (pen) => paintTradeoff(pen, kpi, known, rest),
    keys: [...verdictKeys(points), ...(answer ? [{ words: 'the answer', shape: 'circle', kind: 'st-star' }] : [])],
    finding: `Means with 95 % intervals${hasCost ? ' over cost, which is known exactly' : ''}. The shaded side misses the limit; in the band around it, the tolerance, either verdict is right.`,
    table: () => ({
      caption: `${kpi.title} against cost`,
      head: ['Design', ...axes.map((axis) => axis.name), 'Cost', titled(kpi), 'Verdict'],
      rows: points.map((point) => [String(point.v), ...axes.map((axis) => levelOf(point, axis)), valueOf(point, COST) ? bare(COST, point.c) : '', withInterval(kpi, valueOf(point, kpi)), point.verdict]),
    }),
  };
}

function paintTradeoff(pen, kpi, known, rest) {
  const mine = demands.filter((demand) => demand.kpi === kpi.name);
  const costs = points.filter(isPlaced).map(placeOf);
  const x = kpiScale(across, costs, pen.left + 14, pen.right - 14, clamp(Math.floor((pen.right - pen.left) / 80), 2, 8));
  const y = kpiScale(kpi, [...known.flatMap((point) => valueOf(point, kpi)), ...mine.map((demand) => demand.limit)], pen.bottom - 6, pen.top, 6);
  for (const demand of mine) pen.limit(y, demand, kpi);
  pen.axes({ ...x, ticks: [] }, y, { up: titled(kpi), across: across.title });
  paintCosts(pen, x, rest.length);
  const places = asideWhereSame(known.filter(isPlaced), kpi, x, y);
  for (const { x: px, point } of places) {
    const [, low, high] = valueOf(point, kpi), [, , kind] = verdictOf(point);
    if (low !== null && high !== null) pen.whisker(px, y.place(low), y.place(high), kind, 3);
  }
  for (const { x: px, y: py, point } of places) {
    const [, shape, kind] = verdictOf(point);
    if (point === answer) paintAnswer(pen, px, py);
    else pen.mark(px, py, shape, kind, 4.5);
  }
  const row = pen.bottom + NOT_RUN - 14;
  if (rest.length) pen.text(0, row + 4, 'not run', { anchor: 'start' });
  const unrun = rest.filter(isPlaced).map((point, at) => ({ x: x.place(placeOf(point)) + ((at % 5) - 2) * 2.4, y: row, point, text: sayPoint(point) }));
  for (const { x: px, point } of unrun) pen.mark(px, row, ...verdictOf(point).slice(1), 5);
  return [...places.map((place) => ({ ...place, text: sayPoint(place.point, kpi, COST) })), ...unrun];
}

/** The marks of cost, below what was not run. */
function paintCosts(pen, x, rest) {
  for (const [value, words] of x.ticks) {
    pen.line(x.place(value), pen.bottom, x.place(value), pen.bottom + 4, 'axis');
    pen.text(x.place(value), pen.bottom + 17 + (rest ? NOT_RUN : 0), words);
  }
}

/** Designs of the same cost stand a little beside each other, so that their intervals are seen. */
function asideWhereSame(known, kpi, x, y) {
  const groups = Map.groupBy ? Map.groupBy(known, placeOf) : grouped(known);
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => valueOf(a, kpi)[0] - valueOf(b, kpi)[0]);
    const apart = Math.min(7, 40 / group.length);
    return group.map((point, at) => ({ x: x.place(placeOf(point)) + (at - (group.length - 1) / 2) * apart, y: y.place(valueOf(point, kpi)[0]), point }));
  });
}

function grouped(known) {
  const groups = new Map();
  for (const point of known) groups.set(placeOf(point), [...(groups.get(placeOf(point)) ?? []), point]);
  return groups;
}

/** The answer: larger than the others, with its number beside it. */
function paintAnswer(pen, x, y) {
  pen.mark(x, y, 'circle', 'st-star', 7.5);
  const left = x > (pen.left + pen.right) / 2;
  pen.text(x + (left ? -12 : 12), y - 9, `design ${answer.v}, the answer`, { kind: 'label', anchor: left ? 'end' : 'start' });
}
