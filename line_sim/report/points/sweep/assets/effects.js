// Main effects, each axis by itself on one scale; and what matters, as shares of what varies.

function effectSpecs(kpi) {
  const mine = told.effects.filter((effect) => effect.kpi === kpi.name && effect.levels.length > 1);
  // A level that few points make may have a very wide interval: it is cut off instead of flattening all others.
  const means = mine.flatMap((effect) => effect.levels.map(([, , mean]) => mean)).filter((mean) => mean !== null), [least, top] = [Math.min(...means), Math.max(...means)];
  const ends = mine.flatMap((effect) => effect.levels.flatMap(([, , , low, high]) => [low, high])).filter((end) => typeof end === 'number');
  const all = [...means, ...ends.map((end) => clamp(end, least - (top - least) / 2, top + (top - least) / 2))];
  return [...mine].sort((a, b) => (b.spread ?? 0) - (a.spread ?? 0)).map((effect) => effectSpec(kpi, effect, all));
}

function effectSpec(kpi, effect, all) {
  const axis = axes.find((one) => one.key === effect.key) ?? { name: effect.key, texts: effect.levels.map(([, text]) => text), numbers: null };
  return {
    label: `Main effect of ${axis.name} on ${kpi.title}. ${effect.says}`,
    height: 220,
    paint: (pen) => paintEffect(pen, kpi, axis, effect, all),
    finding: effect.says,
    table: () => ({
      caption: `Main effect of ${axis.name} on ${kpi.title}; mean and 95 % interval`,
      head: [axis.name, titled(kpi)],
      rows: effect.levels.map(([, text, mean, low, high]) => [text, withInterval(kpi, mean === null ? null : [mean, low, high])]),
    }),
  };
}

function paintEffect(pen, kpi, axis, effect, all) {
  const y = kpiScale(kpi, all, pen.bottom, pen.top, 4), placed = effect.levels.every(([at]) => at !== null && at !== undefined);
  const sliced = effect.levels.every((level) => typeof level[5] === 'number'); // slices of a range, from and to
  const x = sliced ? slicesScale(axis, effect.levels, pen) : placed ? axisScale(axis, pen.left, pen.right, 5) : placesScale(effect.levels.map(([, text]) => text), pen.left, pen.right);
  pen.axes(x, y, { up: titled(kpi), across: axis.name });
  const marks = effect.levels.filter(([, , mean]) => mean !== null).map(([at, text, mean, low, high, from, to], i) => ({
    from, to, x: sliced ? x.place((from + to) / 2) : x.of(placed ? at : i), y: y.place(mean), low, high, text: `${axis.name} = ${text}: ${kpi.title} ${withInterval(kpi, [mean, low, high], true)}`,
  }));
  pen.path(marks.map((mark, i) => `${i ? 'L' : 'M'}${mark.x.toFixed(1)} ${mark.y.toFixed(1)}`).join(''), 'line series-0');
  for (const mark of marks) {
    if (sliced) pen.line(x.place(mark.from), mark.y, x.place(mark.to), mark.y, 'line series-0');
    if (mark.low !== null && mark.high !== null) pen.whisker(mark.x, Math.min(y.place(mark.low), pen.bottom), Math.max(y.place(mark.high), pen.top), 'series-0');
    pen.mark(mark.x, mark.y, 'circle', 'series-0', 4);
  }
  return marks;
}

/** The scale of an axis that was cut into slices. */
function slicesScale(axis, levels, pen) {
  const ends = { ...axis, numbers: [levels[0][5], levels.at(-1)[6]], texts: ['', '', '', '', '', '', '', '', ''] };
  return axisScale(ends, pen.left, pen.right, clamp(Math.floor((pen.right - pen.left) / 60), 3, 6));
}

function mattersSpec(kpi) {
  const mine = told.matters.filter((one) => one.kpi === kpi.name).sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  if (!mine.length) return null;
  const name = (one) => axes.find((axis) => axis.key === one.key)?.name ?? (one.key === 'interactions' ? 'what they do together' : one.key);
  const share = (value) => `${digits(100 * value, 0)} %`;
  const sure = (one) => (typeof one.ci_low === 'number' && typeof one.ci_high === 'number' ? ` (${share(one.ci_low)} to ${share(one.ci_high)})` : '');
  return {
    label: `What matters for ${kpi.title}: ${mine.map((one) => `${name(one)} ${share(one.share)}`).join(', ')}`,
    height: 34 + 46 * mine.length,
    margins: { left: 4, right: 12, top: 8, bottom: 26 },
    paint: (pen) => paintMatters(pen, mine, name, (one) => `${name(one)}: ${share(one.share)}${sure(one)}`),
    finding: told.matters_says[kpi.name],
    table: () => ({ caption: `What matters for ${kpi.title}`, head: ['Axis', 'Share', '95 % interval', 'Of'], rows: mine.map((one) => [name(one), share(one.share), sure(one).trim().replace(/[()]/g, ''), one.of ?? '']) }),
  };
}

function paintMatters(pen, mine, name, say) {
  const x = numbersScale(0, 1, pen.left, pen.right, {});
  for (const mark of [0, 0.25, 0.5, 0.75, 1]) {
    pen.line(x.place(mark), pen.top, x.place(mark), pen.bottom, 'grid');
    pen.text(clamp(x.place(mark), 10, pen.right - 8), pen.bottom + 16, `${100 * mark} %`);
  }
  return mine.map((one, at) => {
    const top = pen.top + 46 * at, y = top + 29, end = x.place(clamp(one.share, 0, 1));
    pen.text(pen.left, top + 13, say(one), { kind: 'row', anchor: 'start' });
    pen.rect(pen.left, y - 8, end - pen.left, 16, 'bar');
    if (typeof one.ci_low === 'number' && typeof one.ci_high === 'number') pen.whiskerAcross(y, x.place(clamp(one.ci_low, 0, 1)), x.place(clamp(one.ci_high, 0, 1)), 'st-ink', 5);
    return { x: end, y, text: say(one) };
  });
}
