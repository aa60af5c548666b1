// The charts of studies, drawn from their numbers as SVG; charts.py says what a spec holds.

const SVG = 'http://www.w3.org/2000/svg';
const SMALL = 12, GAP = 8; // of letters and between things, px

/** An element of a drawing, its attributes, and what is in it: elements, or a text. */
function shape(name, attributes = {}, ...inside) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(key, typeof value === 'number' ? Number(value.toFixed(2)) : value);
  }
  element.append(...inside.filter((one) => one !== null && one !== undefined));
  return element;
}

const label = (text, x, y, side = 'start', kind = '') => shape('text', { x, y, 'text-anchor': side, class: `label ${kind}` }, String(text));
const rule = (x1, y1, x2, y2, kind) => shape('line', { x1, y1, x2, y2, class: kind });
const ruler = document.createElement('canvas').getContext('2d');

/** How wide a text is as it is written in charts, px. */
function wide(text, size = SMALL) {
  ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(String(text)).width;
}

/** A text cut to the room there is. */
function cut(text, room) {
  let kept = String(text);
  if (wide(kept) <= room) return kept;
  while (kept.length > 1 && wide(`${kept}…`) > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** A text as lines that fit the room there is. */
function folded(text, room) {
  const lines = [''];
  for (const word of String(text).split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) && wide(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => cut(line, room));
}

/** A number to the digits that a mark `step` away from the next one leaves a meaning. */
function told_as(value, step) {
  return digits(value, clamp(-Math.floor(Math.log10(step || 1)), 0, 9)).replace('-', '−');
}

/** A number to four digits, for a tip. */
function shortly(value, unit = '') {
  const places = value === 0 ? 0 : clamp(3 - Math.floor(Math.log10(Math.abs(value))), 0, 9);
  return `${digits(value, places).replace('-', '−')}${unit ? ` ${unit}` : ''}`;
}

/** What a pointer is told over an element, and where a press of it leads: a link that keys reach, too. */
function told_of(element, { tip: text, href, name }) {
  if (text) {
    element.addEventListener('pointermove', (event) => showTip(text, event));
    element.addEventListener('pointerleave', hideTip);
  }
  if (!href) return element;
  return shape('a', { href, class: 'chart-link', 'aria-label': text || name || href }, element);
}

/** An axis that has found its ends: where a value stands between `from` and `to` px, and its marks. */
function scale(axis, values, from, to, most) {
  const known = values.filter((value) => value !== null && value !== undefined && Number.isFinite(value));
  let low = axis.low ?? Math.min(...known), high = axis.high ?? Math.max(...known);
  if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = [0, 1];
  if (axis.zero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const log = axis.log && low > 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.05, high + Math.abs(high) * 0.05];
  else if (!log) {
    const room = 0.06 * (high - low);
    if (axis.low === undefined && !(axis.zero && low === 0)) low -= room;
    if (axis.high === undefined && !(axis.zero && high === 0)) high += room;
    if (axis.low === undefined && low < 0 && Math.min(...known) >= 0) low = 0;
  }
  const names = axis.names?.filter(([at]) => at >= low && at <= high);
  const marks = names ? names.map(([at]) => at) : log ? logTicks(low, high) : roundTicks(low, high, most);
  const step = marks.length > 1 ? Math.abs(marks[1] - marks[0]) : Math.abs(high - low);
  const share = log ? (value) => Math.log(Math.max(value, low / 1e6) / low) / Math.log(high / low) : (value) => (value - low) / (high - low);
  const text = (mark) => names?.find(([at]) => at === mark)[1] ?? (log ? digits(mark, 9) : told_as(mark, step));
  return { low, high, marks, text, unit: axis.unit, at: (value) => from + share(value) * (to - from) };
}

/** Marks with words that find room beside each other. */
function with_room(marks, at, text) {
  let last = -Infinity;
  return marks.filter((mark) => {
    const half = wide(text(mark)) / 2 + 5;
    if (at(mark) - half < last) return false;
    last = at(mark) + half;
    return true;
  });
}

/** The frame of a chart over two axes: its marks, its titles, and where its field lies. */
function fielded(host, spec, xs, ys) {
  const width = host.clientWidth, height = spec.height, top = 24, bottom = height - 40;
  const trial = scale(spec.y, ys, bottom, top, 5);
  const left = Math.max(...trial.marks.map((mark) => wide(trial.text(mark)))) + GAP + 4, right = width - 14;
  const x = scale(spec.x, xs, left, right, clamp((right - left) / 80, 2, 8)), y = trial;
  const marks = shape('g', { class: 'axes' });
  for (const mark of y.marks) {
    marks.append(rule(left, y.at(mark), right, y.at(mark), 'grid'), label(y.text(mark), left - GAP, y.at(mark) + 4, 'end', 'mark'));
  }
  for (const mark of with_room(x.marks, x.at, x.text)) {
    const half = wide(x.text(mark)) / 2;
    marks.append(rule(x.at(mark), bottom, x.at(mark), bottom + 4, 'edge'), label(x.text(mark), clamp(x.at(mark), half, width - half), bottom + 17, 'middle', 'mark'));
  }
  marks.append(rule(left, bottom, right, bottom, 'edge'), rule(left, top, left, bottom, 'edge'));
  marks.append(label(spec.y.title, 0, 12, 'start', 'axis'), label(cut(spec.x.title, width), right, height - 6, 'end', 'axis'));
  for (const mark of spec.marks ?? []) marks.append(marked(mark, x, y, { left, right, top, bottom }));
  return { drawing: shape('svg', { width, height, viewBox: `0 0 ${width} ${height}` }, marks), x, y, left, right, top, bottom };
}

/** A line across a field, with its words where they are in nobody's way. */
function marked({ x: over, y: up, text = '', tone = 'bad' }, x, y, { left, right, top, bottom }) {
  const group = shape('g', { class: `ink-${tone} marked` });
  if (over !== undefined) {
    const at = x.at(over), near = at > (left + right) / 2;
    if (at < left - 1 || at > right + 1) return group;
    group.append(rule(at, top, at, bottom, 'mark-line'), label(text, at + (near ? -5 : 5), top + 10, near ? 'end' : 'start', 'said'));
  } else {
    const at = y.at(up);
    if (at < top - 1 || at > bottom + 1) return group;
    group.append(rule(left, at, right, at, 'mark-line'), label(text, right, at - 5, 'end', 'said'));
  }
  return group;
}

/** A sign of a tone, so that series are told apart without colour. */
function sign(tone, x, y, size = 4) {
  const r = size, paths = {
    b: `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    c: `M${x} ${y - r * 1.35}l${r * 1.35} ${r * 1.35}l${-r * 1.35} ${r * 1.35}l${-r * 1.35} ${-r * 1.35}z`,
    d: `M${x} ${y - r * 1.2}l${r * 1.25} ${r * 2.2}h${-2.5 * r}z`,
    e: `M${x} ${y + r * 1.2}l${r * 1.25} ${-r * 2.2}h${-2.5 * r}z`,
  };
  return paths[tone] ? shape('path', { d: paths[tone], class: 'sign' }) : shape('circle', { cx: x, cy: y, r, class: 'sign' });
}

function drawLines(host, spec) {
  const all = spec.series.flatMap((one) => one.points);
  const field = fielded(host, spec, [...all.map((p) => p.x), ...(spec.marks ?? []).map((m) => m.x)], [...all.flatMap((p) => [p.y, p.low, p.high]), ...(spec.marks ?? []).map((m) => m.y)]);
  const { x, y } = field;
  for (const one of spec.series) {
    const known = one.points.filter((p) => p.y !== undefined), tone = one.tone ?? 'a';
    const group = shape('g', { class: `ink-${tone} series` });
    const ends = known.filter((p) => p.low !== undefined && p.high !== undefined);
    if (one.band && ends.length > 1) {
      const over = ends.map((p) => `${x.at(p.x).toFixed(1)} ${y.at(p.high).toFixed(1)}`), under = ends.map((p) => `${x.at(p.x).toFixed(1)} ${y.at(p.low).toFixed(1)}`).reverse();
      group.append(shape('path', { d: `M${[...over, ...under].join('L')}z`, class: 'band' }));
    } else if (!one.band) for (const p of ends) group.append(whiskers(x.at(p.x), y.at(p.low), y.at(p.high)));
    group.append(shape('path', { d: path(one, x, y), class: 'line' }));
    if (one.dots) for (const p of known) {
      const interval = p.low === undefined ? '' : `, ${shortly(p.low)} to ${shortly(p.high, y.unit)}`;
      group.append(told_of(sign(tone, x.at(p.x), y.at(p.y)), { name: one.name, href: p.href, tip: p.tip || `${one.name}, ${xText(spec, p.x)}: ${shortly(p.y, y.unit)}${interval}` }));
    }
    field.drawing.append(group);
  }
  if (!spec.series.some((one) => one.dots)) read_off(field, spec);
  return field.drawing;
}

const xText = (spec, at) => spec.x.names?.find(([value]) => value === at)?.[1] ?? shortly(at, spec.x.unit);

/** A line from point to point; where one is not known it is broken. */
function path({ points, steps }, x, y) {
  let pen = false;
  return points.map((p) => {
    if (p.y === undefined) { pen = false; return ''; }
    const [across, up] = [x.at(p.x).toFixed(1), y.at(p.y).toFixed(1)];
    const move = !pen ? `M${across} ${up}` : steps ? `H${across}V${up}` : `L${across} ${up}`;
    pen = true;
    return move;
  }).join('');
}

const whiskers = (x, low, high) => shape('path', { d: `M${x - 4} ${low}h8m-4 0V${high}m-4 0h8`, class: 'whiskers' });

/** Tell every series' value below the pointer. */
function read_off({ drawing, x, left, right, top, bottom }, spec) {
  const cursor = rule(left, top, left, bottom, 'cursor-line'), area = shape('rect', { x: left, y: top, width: right - left, height: bottom - top, class: 'catch' });
  drawing.append(cursor, area);
  area.addEventListener('pointermove', (event) => {
    const at = event.clientX - drawing.getBoundingClientRect().left, value = x.low + ((at - left) / (right - left)) * (x.high - x.low);
    cursor.setAttribute('transform', `translate(${at - left} 0)`);
    const said = spec.series.map((one) => {
      const index = lastUpTo(one.points.map((p) => p.x), value), point = one.points[index];
      return point?.y === undefined ? '' : `${one.name}: ${shortly(point.y, spec.y.unit)}${point.low === undefined ? '' : ` (${shortly(point.low)} to ${shortly(point.high)})`}`;
    });
    showTip(`${xText(spec, value)} · ${said.filter(Boolean).join(' · ')}`, event);
  });
  area.addEventListener('pointerleave', hideTip);
}

const ROW = 34;

/** A row a thing: the interval as a bar, the value as a dot on it, single values as small dots. */
function drawRows(host, spec) {
  const width = host.clientWidth, narrow = width < 520, tall = narrow ? ROW + 16 : ROW;
  const names = narrow ? 0 : Math.min(Math.max(...spec.bars.map((bar) => 1.08 * wide(bar.name, 13))) + 12, width * 0.34);
  const texts = narrow ? 0 : Math.min(Math.max(0, ...spec.bars.map((bar) => wide(bar.text ?? '', 13))) + 12, width * 0.36);
  const left = names + 10, right = width - texts - 10, foot = spec.own ? 4 : 40, bottom = spec.bars.length * tall + 6, height = bottom + foot;
  const ends = (bar) => [bar.value, bar.low, bar.high, ...(bar.dots ?? [])];
  const shared = scale(spec.x, [...spec.bars.flatMap(ends), ...(spec.marks ?? []).map((m) => m.x)], left, right, clamp((right - left) / 80, 2, 6));
  const drawing = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  if (!spec.own) {
    for (const mark of with_room(shared.marks, shared.at, shared.text)) {
      drawing.append(rule(shared.at(mark), 4, shared.at(mark), bottom, 'grid'), label(shared.text(mark), shared.at(mark), bottom + 16, 'middle', 'mark'));
    }
    drawing.append(label(cut(spec.x.title, width), right, height - 6, 'end', 'axis'));
    for (const mark of spec.marks ?? []) drawing.append(marked(mark, shared, null, { left, right, top: 0, bottom }));
  }
  spec.bars.forEach((bar, i) => {
    const x = spec.own ? scale({}, ends(bar), left, right, 2) : shared, y = i * tall + (narrow ? 34 : tall / 2 + 3);
    const group = shape('g', { class: `ink-${bar.tone ?? 'a'}` }, rule(left, y, right, y, 'grid'));
    if (bar.low !== undefined && bar.high !== undefined) {
      const from = x.at(bar.low), to = x.at(bar.high);
      group.append(shape('rect', { x: from, y: y - 4, width: Math.max(to - from, 1), height: 8, rx: 3, class: 'range-bar' }));
    }
    (bar.dots ?? []).forEach((value, k) => group.append(shape('circle', { cx: x.at(value), cy: y + ((k % 3) - 1) * 5, r: 2.6, class: 'single' })));
    if (bar.value !== undefined) group.append(told_of(sign(bar.tone, x.at(bar.value), y, 5), { ...bar, tip: bar.tip || `${bar.name}: ${bar.text ?? shortly(bar.value)}` }));
    if (narrow) {
      const text = bar.text ?? '';
      group.append(label(cut(bar.name, width - wide(text, 13) - 16), 0, i * tall + 16, 'start', 'name'), label(text, width, i * tall + 16, 'end', 'value'));
    } else {
      group.append(label(cut(bar.name, names * 0.93), 0, y + (bar.note ? -2 : 4), 'start', 'name'), label(bar.text ?? '', width, y + 4, 'end', 'value'));
      if (bar.note) group.append(label(cut(bar.note, names), 0, y + 12, 'start', 'mark'));
    }
    drawing.append(group);
  });
  return drawing;
}

/** Points over two figures; those on the front are joined, larger, and named. */
function drawScatter(host, spec) {
  const { spots } = spec, field = fielded(host, spec, spots.flatMap((s) => [s.x, s.x_low, s.x_high]), spots.flatMap((s) => [s.y, s.y_low, s.y_high]));
  const { drawing, x, y } = field, front = spots.filter((spot) => spot.front);
  if (front.length > 1) drawing.append(shape('path', { d: `M${front.map((s) => `${x.at(s.x).toFixed(1)} ${y.at(s.y).toFixed(1)}`).join('L')}`, class: 'front' }));
  const written = [];
  for (const spot of [...spots.filter((s) => !s.front), ...front]) {
    const group = shape('g', { class: `ink-${spot.tone ?? 'a'} spot${spot.front ? ' on-front' : ''}` });
    if (spot.x_low !== undefined) group.append(rule(x.at(spot.x_low), y.at(spot.y), x.at(spot.x_high), y.at(spot.y), 'whiskers'));
    if (spot.y_low !== undefined) group.append(rule(x.at(spot.x), y.at(spot.y_low), x.at(spot.x), y.at(spot.y_high), 'whiskers'));
    group.append(told_of(sign(spot.tone ?? 'a', x.at(spot.x), y.at(spot.y), spot.front ? 6 : 4), { ...spot, tip: spot.tip || `${spot.name}: ${shortly(spot.x, spec.x.unit)}, ${shortly(spot.y, spec.y.unit)}` }));
    if (spot.front) group.append(named_spot(spot, x.at(spot.x), y.at(spot.y), field, written));
    drawing.append(group);
  }
  return drawing;
}

/** The name of a spot where none is written yet, or nothing. */
function named_spot(spot, x, y, { left, right, top, bottom }, written) {
  const width = wide(spot.name);
  for (const [dx, dy, side] of [[9, -7, 'start'], [-9, -7, 'end'], [9, 15, 'start'], [-9, 15, 'end']]) {
    const from = side === 'start' ? x + dx : x + dx - width, box = [from, y + dy - 11, from + width, y + dy + 2];
    const free = written.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
    if (free && box[0] >= left && box[2] <= right && box[1] >= top - 12 && box[3] <= bottom) {
      written.push(box);
      return label(spot.name, x + dx, y + dy, side, 'name');
    }
  }
  return null;
}

/** Cells over two axes of words: the more, the fuller its colour; its text says the value. */
function drawHeat(host, spec) {
  const width = host.clientWidth, left = Math.min(Math.max(wide(spec.up, 13), ...spec.names.map((name) => wide(name, 13))) + 12, width * 0.3), count = spec.columns.length;
  const each = (width - left) / count, tall = 40, head = 22, foot = 40, height = head + spec.names.length * tall + foot;
  const values = spec.cells.flat().map((cell) => cell.value).filter((value) => value !== undefined);
  const low = spec.low ?? Math.min(...values), high = spec.high ?? Math.max(...values);
  const drawing = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}` }, label(cut(spec.up, width / 2), 0, 13, 'start', 'axis'));
  spec.cells.forEach((row, r) => {
    drawing.append(label(cut(spec.names[r], left - 8), left - 8, head + r * tall + tall / 2 + 4, 'end', 'name'));
    row.forEach((cell, c) => {
      const share = cell.value === undefined ? 0 : high > low ? (cell.value - low) / (high - low) : 0.5;
      const x = left + c * each, y = head + r * tall, group = shape('g', {});
      group.append(shape('rect', { x: x + 1, y: y + 1, width: each - 2, height: tall - 2, rx: 3, class: cell.value === undefined ? 'unknown' : 'heat', 'fill-opacity': cell.value === undefined ? undefined : 0.06 + 0.54 * clamp(share, 0, 1) }));
      const text = `${cell.text ?? ''}${cell.mark ?? ''}`;
      if (wide(text) <= each - 4) group.append(label(text, x + each / 2, y + tall / 2 + 4, 'middle', 'cell'));
      drawing.append(told_of(group, { ...cell, tip: cell.tip || `${spec.up} ${spec.names[r]}, ${spec.across} ${spec.columns[c]}: ${cell.text}` }));
    });
  });
  const at = (c) => left + (c + 0.5) * each, columns = spec.columns.map((_, c) => c);
  for (const c of with_room(columns, at, (c) => cut(spec.columns[c], Math.max(each, 40)))) drawing.append(label(cut(spec.columns[c], Math.max(each, 40)), at(c), height - foot + 17, 'middle', 'mark'));
  drawing.append(label(cut(spec.across, width), width, height - 5, 'end', 'axis'));
  return drawing;
}

const BOX = 140, ARROW_LONG = 26, LINE_TALL = 15;

/** A line as boxes and arrows, wrapped to the room there is. */
function drawScheme(host, spec) {
  const width = host.clientWidth, each = BOX + ARROW_LONG, columns = Math.max(1, Math.floor((width + ARROW_LONG) / each));
  const said = spec.boxes.map((box) => (box.lines ?? []).flatMap((text) => folded(text, BOX - 12)));
  const talls = [], tops = [];
  let height = 0;
  for (let i = 0; i < said.length; i += columns) {
    tops.push(height + 18);
    talls.push(30 + LINE_TALL * Math.max(1, ...said.slice(i, i + columns).map((texts) => texts.length)));
    height += talls.at(-1) + 34;
  }
  const drawing = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  spec.boxes.forEach((box, i) => {
    const row = Math.floor(i / columns), x = (i % columns) * each, y = tops[row], tall = talls[row], group = shape('g', { class: `scheme-${box.kind ?? 'station'}${box.changed ? ' changed' : ''}` });
    group.append(shape('rect', { x: x + 1, y, width: BOX - 2, height: tall, rx: box.kind === 'source' || box.kind === 'sink' ? 14 : 6, class: 'box' }));
    group.append(label(cut(box.name, BOX - 14), x + BOX / 2, y + 19, 'middle', 'name'));
    said[i].forEach((text, k) => group.append(label(cut(text, BOX - 10), x + BOX / 2, y + 36 + k * LINE_TALL, 'middle', 'mark')));
    if (box.before) group.append(label(cut(box.before, BOX), x + BOX / 2, y - 5, 'middle', 'mark'));
    if (i && box.apart) { /* nothing leads here from the one before */ } else if (i % columns && i) group.append(shape('path', { d: `M${x - ARROW_LONG + 2} ${y + tall / 2}h${ARROW_LONG - 8}m-6 -4l6 4l-6 4`, class: 'way' }));
    else if (i) group.append(label('↳', x + 2, y - 5, 'start', 'mark'));
    drawing.append(group);
  });
  return drawing;
}

const DRAWN = { lines: drawLines, rows: drawRows, scatter: drawScatter, heat: drawHeat, scheme: drawScheme };

/** Draw a chart into its place, and again whenever that becomes wider or narrower. */
function showChart(figure, spec) {
  const host = figure.querySelector('.canvas');
  let width = 0;
  const draw = () => {
    if (!host.clientWidth || host.clientWidth === width) return;
    width = host.clientWidth;
    const drawing = DRAWN[spec.kind](host, spec);
    drawing.setAttribute('role', drawing.querySelector('a') ? 'group' : 'img');
    drawing.setAttribute('aria-label', host.dataset.label);
    host.replaceChildren(drawing);
  };
  draw();
  new ResizeObserver(draw).observe(host);
}
