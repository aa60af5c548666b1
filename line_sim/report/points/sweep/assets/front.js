// The trade-off: two figures against each other, and the points that no other point beats in both.

class Front {
  constructor(root) {
    this.root = root;
    this.chart = new Chart(root.querySelector('[data-chart]'), { margins: { left: 58, right: 16, top: 26, bottom: 44 } });
    this.list = root.querySelector('[data-list]');
    const choices = [...kpis.map((kpi) => [kpi.name, kpi.title]), ...(hasCost ? [['cost', 'Cost']] : [])];
    const [across, up] = Object.keys(told.fronts[0]?.better ?? {}).filter((name) => name === 'cost' || kpiNamed.has(name));
    this.x = fill(root.querySelector('[name="front-x"]'), choices, up ?? (hasCost ? 'cost' : kpis[1]?.name ?? kpis[0].name));
    this.y = fill(root.querySelector('[name="front-y"]'), choices, across ?? kpis[0].name);
    this.ways = ['x', 'y'].map((axis) => fill(root.querySelector(`[name="front-${axis}-better"]`), [['more', 'more is better'], ['less', 'less is better']]));
    this.guess();
    this.offerPairs(root.querySelector('[name="front-pair"]'), choices);
    [this.x, this.y].forEach((one, at) => one.addEventListener('change', () => {
      this.ways[at].value = this.figure(one).better;
      this.show();
    }));
    for (const one of this.ways) one.addEventListener('change', () => this.show());
  }

  /** The pairs that the sweep itself weighs, to be taken at once. */
  offerPairs(select, choices) {
    const known = new Map(choices), pairs = told.fronts.map(({ better }) => Object.entries(better)).filter((pair) => pair.length === 2 && pair.every(([name]) => known.has(name)));
    select.closest('label').hidden = pairs.length < 2;
    fill(select, [['', 'as chosen'], ...pairs.map(([[one], [other]], at) => [at, `${known.get(one)} against ${known.get(other).toLowerCase()}`])], pairs.length ? 0 : '');
    for (const one of [this.x, this.y, ...this.ways]) one.addEventListener('change', () => (select.value = ''));
    select.addEventListener('change', () => {
      if (select.value === '') return;
      const [[up, upBetter], [across, acrossBetter]] = pairs[Number(select.value)];
      [this.x.value, this.y.value, this.ways[0].value, this.ways[1].value] = [across, up, acrossBetter, upBetter];
      this.show();
    });
  }

  guess() {
    [this.x, this.y].forEach((one, at) => (this.ways[at].value = this.figure(one).better));
  }

  figure(select) {
    return select.value === 'cost' ? COST : kpiNamed.get(select.value);
  }

  show() {
    const [x, y] = [this.figure(this.x), this.figure(this.y)], ways = this.ways.map((one) => one.value);
    const known = points.filter((point) => valueOf(point, x) && valueOf(point, y));
    const front = this.told(x, y, ways) ?? frontOf(known, x, y, ways);
    onFront = new Set(front.map((point) => point.v));
    this.chart.show(frontSpec(known, front, x, y, ways));
    this.list.replaceChildren(folded(frontTable(front, x, y), front.length));
  }

  /** The front as the sweep told it, where it told of just these two. */
  told(x, y, ways) {
    const same = told.fronts.find(({ better }) => Object.keys(better).length === 2 && better[x.name] === ways[0] && better[y.name] === ways[1]);
    if (!same || x === y) return null;
    const sign = ways[0] === 'more' ? -1 : 1;
    const front = same.variants.map((variant) => byNumber.get(variant)).filter((point) => point && valueOf(point, x) && valueOf(point, y));
    return front.sort((a, b) => sign * (valueOf(a, x)[0] - valueOf(b, x)[0]));
  }
}

/** The points that no other one beats in one figure without losing in the other, the best across first. */
function frontOf(known, x, y, ways) {
  const sign = ways.map((way) => (way === 'more' ? -1 : 1)), at = (point) => [sign[0] * valueOf(point, x)[0], sign[1] * valueOf(point, y)[0]];
  const ordered = known.map((point) => [at(point), point]).sort(([a], [b]) => a[0] - b[0] || a[1] - b[1]);
  const front = [];
  let best = Infinity, same = null;
  for (const [[across, up], point] of ordered) {
    if (up < best || (same && up === same[1] && across === same[0])) {
      front.push(point);
      if (up < best) [best, same] = [up, [across, up]];
    }
  }
  return front;
}

function frontSpec(known, front, x, y, ways) {
  const words = { more: 'more is better', less: 'less is better' };
  return {
    label: `${y.title} against ${x.title}, ${counted(known.length, 'points')}, ${front.length} on the front`,
    height: 380,
    paint: (pen) => paintFront(pen, known, front, x, y, ways),
    keys: [
      { words: 'on the front', kind: 'st-front', shape: 'diamond' },
      ...(demands.length ? [{ words: 'on the front, not surely good enough', kind: 'st-front st-hollow', shape: 'diamond' }, { words: STANDINGS.met, kind: 'st-met', shape: 'circle' }, { words: STANDINGS.open, kind: 'st-open', shape: 'ring' }, { words: STANDINGS.missed, kind: 'st-rest', shape: 'cross' }] : [{ words: 'other points', kind: 'st-point', shape: 'circle' }]),
    ],
    finding: `${y.title}: ${words[ways[1]]}; ${x.title}: ${words[ways[0]]}. The front is drawn by the means: points whose intervals overlap may change places with other chance.`,
    table: () => ({
      caption: `${y.title} against ${x.title}: all points`,
      head: ['Point', ...axes.map((axis) => axis.name), titled(x), titled(y), 'On the front'],
      rows: known.map((point) => [String(point.v), ...axes.map((axis) => levelOf(point, axis)), withInterval(x, valueOf(point, x)), withInterval(y, valueOf(point, y)), front.includes(point) ? 'yes' : '']),
    }),
  };
}

const SHAPE_OF = { met: ['circle', 'st-met'], open: ['ring', 'st-open'], missed: ['cross', 'st-rest'], failed: ['cross', 'st-failed'], unknown: ['cross', 'st-rest'] };

function paintFront(pen, known, front, x, y, ways) {
  const wide = known.length <= FEW ? known : front;
  const values = (kpi) => [...known.map((point) => valueOf(point, kpi)[0]), ...wide.flatMap((point) => valueOf(point, kpi)), ...limitsOf(kpi)];
  const across = kpiScale(x, values(x), pen.left + 8, pen.right - 8, clamp(Math.floor((pen.right - pen.left) / 80), 2, 8)), up = kpiScale(y, values(y), pen.bottom, pen.top, 6);
  for (const demand of demands.filter((one) => one.kpi === x.name)) pen.limit(across, demand, x, { upright: true });
  for (const demand of demands.filter((one) => one.kpi === y.name)) pen.limit(up, demand, y);
  pen.axes(across, up, { up: titled(y), across: titled(x) });
  const at = (point) => [across.place(valueOf(point, x)[0]), up.place(valueOf(point, y)[0])];
  for (const point of wide) paintCross(pen, point, x, y, across, up, at(point), front.includes(point) ? 'st-front' : 'st-thin');
  paintSteps(pen, front.map(at), ways, across, up);
  paintPoints(pen, known.filter((point) => !onFront.has(point.v)), at);
  for (const point of front) pen.mark(...at(point), 'diamond', point.ok === 'met' || !demands.length ? 'st-front' : 'st-front st-hollow', 5.5);
  return known.map((point) => ({ x: at(point)[0], y: at(point)[1], point, text: sayPoint(point, y, x) }));
}

const limitsOf = (kpi) => demands.filter((demand) => demand.kpi === kpi.name).map((demand) => demand.limit);

function paintCross(pen, point, x, y, across, up, [px, py], kind) {
  const [, left, right] = valueOf(point, x), [, low, high] = valueOf(point, y);
  if (low !== null && high !== null) pen.whisker(px, up.place(low), up.place(high), kind, kind === 'st-front' ? 3 : 0);
  if (left !== null && right !== null) pen.whiskerAcross(py, across.place(left), across.place(right), kind, kind === 'st-front' ? 3 : 0);
}

/** The edge of what was reached: between two points of the front nothing better was found. */
function paintSteps(pen, places, ways) {
  const ordered = [...places].sort((a, b) => a[0] - b[0]);
  const first = ways[0] === 'more';
  const d = ordered.map(([px, py], i) => (i === 0 ? `M${px.toFixed(1)} ${py.toFixed(1)}` : first ? `V${py.toFixed(1)}H${px.toFixed(1)}` : `H${px.toFixed(1)}V${py.toFixed(1)}`)).join('');
  pen.path(d, 'steps');
}

function paintPoints(pen, rest, at) {
  if (rest.length > 400) {
    pen.dots(rest.filter((point) => point.ok !== 'met').map(at), demands.length ? 'st-rest' : 'st-point', 3.5);
    pen.dots(rest.filter((point) => point.ok === 'met').map(at), 'st-met', 3.5);
    return;
  }
  for (const point of rest) {
    const [shape, kind] = SHAPE_OF[point.ok] ?? ['circle', 'st-point'];
    pen.mark(...at(point), shape, kind, shape === 'cross' ? 3 : 3.8);
  }
}

/** A long list is folded away. */
function folded(table, rows) {
  const details = element('details', '', rows <= 12 ? { open: '' } : {});
  details.append(element('summary', `The ${counted(rows, 'points')} of the front`), table);
  return details;
}

/** The front as a table; each point can be chosen from it. */
function frontTable(front, x, y) {
  const table = tableOf({
    caption: `The ${counted(front.length, 'points')} of the front, the best ${x.title} first`,
    head: ['Point', ...axes.map((axis) => axis.name), titled(x), titled(y), ...(demands.length ? ['Demands'] : [])],
    rows: front.map((point) => [String(point.v), ...axes.map((axis) => levelOf(point, axis)), withInterval(x, valueOf(point, x)), withInterval(y, valueOf(point, y)), ...(demands.length ? [STANDINGS[point.ok] ?? ''] : [])]),
  });
  [...table.querySelectorAll('tbody tr')].forEach((row, at) => {
    const button = element('button', String(front[at].v), { type: 'button', class: 'choose', 'aria-label': `Choose point ${front[at].v}` });
    button.addEventListener('click', () => choose(front[at]));
    row.dataset.v = front[at].v;
    row.cells[0].replaceChildren(button);
  });
  return table;
}
