// Lines of a figure over an axis, one for each level of another, with the intervals of their points.

function linesSpec(kpi, slice, { height = 330, small = false, limits = true } = {}) {
  const [x, by] = [slice.x, slice.lines], found = slice.points.filter((point) => valueOf(point, kpi));
  const series = by ? spreadLevels(by).map((at, level) => ({ name: `${by.name} = ${by.texts[at]}`, level, points: found.filter((point) => point.x[by.at] === at) })) : [{ name: kpi.title, level: 0, points: found }];
  for (const one of series) one.points.sort((a, b) => a.x[x.at] - b.x[x.at]);
  return {
    label: `${kpi.title} over ${x.name}${by ? `, a line for each ${by.name}` : ''}${slice.words ? `, at ${slice.words}` : ''}`,
    height,
    paint: (pen) => paintLines(pen, kpi, x, series, limits),
    keys: !small && by ? series.map(({ name, level }) => ({ words: name, kind: seriesOf(level), shape: shapeOf(level), line: true })) : [],
    finding: small ? '' : `Means, with 95 % intervals.${demands.length ? ' Filled marks meet every demand.' : ''}${by && by.texts.length > SERIES ? ` Of ${by.texts.length} lines ${SERIES} are drawn, from the first level to the last; all points are in the heat map and in the table.` : ''}`,
    table: () => linesTable(kpi, x, by, found),
  };
}

/** The levels that get a line: all of them, or as many as can be told apart, evenly from the first to the last. */
function spreadLevels({ texts }) {
  const all = texts.map((_, at) => at);
  return all.length <= SERIES ? all : Array.from({ length: SERIES }, (_, i) => Math.round((i * (all.length - 1)) / (SERIES - 1)));
}

function paintLines(pen, kpi, x, series, limits) {
  const all = series.flatMap((one) => one.points.flatMap((point) => valueOf(point, kpi)));
  const mine = limits ? demands.filter((demand) => demand.kpi === kpi.name) : [];
  const y = kpiScale(kpi, [...all, ...mine.map((demand) => demand.limit)], pen.bottom, pen.top, pen.height > 250 ? 6 : 4);
  const across = axisScale(x, pen.left, pen.right, clamp(Math.floor((pen.right - pen.left) / 80), 2, 8));
  for (const demand of mine) pen.limit(y, demand, kpi);
  pen.axes(across, y, { up: titled(kpi), across: x.name });
  const marks = [], many = series.length > 1 ? 3.2 : 0, spread = Math.min(many, (pen.right - pen.left) / 400);
  series.forEach((one, at) => {
    const aside = (at - (series.length - 1) / 2) * spread;
    const places = one.points.map((point) => [across.of(point.x[x.at]) + aside, point, valueOf(point, kpi)]);
    pen.path(places.map(([px, , [mean]], i) => `${i ? 'L' : 'M'}${px.toFixed(1)} ${y.place(mean).toFixed(1)}`).join(''), `line ${seriesOf(one.level)}`);
    for (const [px, point, [mean, low, high]] of places) {
      if (low !== null && high !== null) pen.whisker(px, y.place(low), y.place(high), seriesOf(one.level), 3);
      marks.push({ x: px, y: y.place(mean), point, text: sayPoint(point, kpi) });
    }
    const size = pen.height > 250 ? 4.5 : 3.2;
    for (const [px, point, [mean]] of places) pen.mark(px, y.place(mean), shapeOf(one.level), demands.length && point.ok !== 'met' ? `${seriesOf(one.level)} st-hollow` : seriesOf(one.level), size);
  });
  return marks;
}

function linesTable(kpi, x, by, found) {
  const rows = found.map((point) => [String(point.v), levelOf(point, x), ...(by ? [levelOf(point, by)] : []), withInterval(kpi, valueOf(point, kpi))]);
  return { caption: `${kpi.title} over ${x.name}; mean and 95 % interval`, head: ['Point', x.name, ...(by ? [by.name] : []), titled(kpi)], rows };
}
