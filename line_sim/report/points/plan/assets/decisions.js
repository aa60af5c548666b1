// How decisions ran: sums against their triangles; and how many runs that took, beside the budget.

const DECISIONS_AT_ONCE = 12;

function decisionSpec(point, decision) {
  const kpi = kpiNamed.get(decision.kpi) ?? { name: decision.kpi, title: decision.kpi };
  const ended = `${decision.verdict} after ${counted(decision.at, 'runs')}`;
  const budget = decision.budget ? ` of at most ${digits(decision.budget, 0)}` : '';
  return {
    label: `Design ${point.v}, ${kpi.title}: ${ended}${budget}`,
    height: 210,
    paint: (pen) => paintDecision(pen, point, decision),
    finding: `Design ${point.v}, ${kpi.title}: ${ended}${budget}.`,
    table: () => decisionTable(point, decision, kpi),
  };
}

/** Half the triangle's width after so many runs. */
const halfAt = (decision, runs) => (decision.slope && decision.budget ? Math.max(0, decision.slope * (decision.budget - runs)) : 0);

const boundaryAt = (decision, runs, boundary) => boundary ?? halfAt(decision, runs);

function stepsOf(decision) {
  return decision.trail.length ? decision.trail : typeof decision.sum === 'number' ? [[decision.at, decision.sum, decision.boundary]] : [];
}

function paintDecision(pen, point, decision) {
  const trail = stepsOf(decision), start = halfAt(decision, 0), end = Math.max(decision.budget ?? 0, decision.at, 1);
  const shown = Math.min(end, Math.max(decision.at * 3, 40)); // a decision that fell early is not a dot in a wide triangle
  const high = Math.max(start, ...trail.map(([, sum]) => Math.abs(sum)), 1e-12) * 1.08;
  const y = numbersScale(-high, high, pen.bottom, pen.top, { ticks: [[0, '0']] });
  const x = numbersScale(0, shown, pen.left, pen.right, { ticks: roundTicks(0, shown, 4).map((mark) => [mark, digits(mark, 0)]) });
  if (start) {
    const at = (runs, sign) => `${x.place(runs).toFixed(1)} ${y.place(sign * halfAt(decision, runs)).toFixed(1)}`;
    pen.path(`M${at(0, 1)}L${at(shown, 1)}L${at(shown, -1)}L${at(0, -1)}z`, 'triangle');
  }
  if (start && told.first && told.first < shown) pen.line(x.place(told.first), pen.top, x.place(told.first), pen.bottom, 'first');
  pen.axes(x, y, { up: 'Sum above the limit', across: 'Runs' });
  pen.text(pen.left + 4, pen.top + 10, 'met', { anchor: 'start' });
  pen.text(pen.left + 4, pen.bottom - 5, 'missed', { anchor: 'start' });
  const places = trail.map(([runs, sum]) => [x.place(runs), y.place(sum)]), [, shape, kind] = verdictOf({ verdict: decision.verdict });
  pen.path([[x.place(0), y.place(0)], ...places].map(([px, py], at) => `${at ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join(''), decision.trail.length ? 'line series-0' : 'line st-guess');
  const last = places.at(-1);
  if (last) pen.mark(...last, shape, kind, 5);
  return trail.map(([runs, sum, boundary], at) => ({ x: places[at][0], y: places[at][1], point, text: `Design ${point.v}, after ${counted(runs, 'runs')}: sum ${digits(sum, 4)}, boundary ${digits(boundaryAt(decision, runs, boundary), 4)}` }));
}

function decisionTable(point, decision, kpi) {
  return {
    caption: `Design ${point.v}, ${kpi.title}: the sum and its boundary`,
    head: ['Runs', 'Sum', 'Boundary'],
    rows: stepsOf(decision).map(([runs, sum, boundary]) => [digits(runs, 0), digits(sum, 6), digits(boundaryAt(decision, runs, boundary), 6)]),
  };
}

/** Decisions of designs that were run, the answer's first, then those that took longest. */
function decisionsOf(kpi) {
  const all = points.flatMap((point) => point.d.filter((one) => !kpi || one.kpi === kpi).map((decision) => [point, decision]));
  const run = all.filter(([, decision]) => typeof decision.sum === 'number');
  return run.sort(([a, one], [b, other]) => (b === answer) - (a === answer) || other.at - one.at);
}

const budgetOf = (point) => Math.max(0, ...point.d.map((decision) => decision.budget ?? 0));

function budgetSpec() {
  const run = points.filter((point) => point.n > 0);
  if (!run.length) return null;
  const used = run.reduce((sum, point) => sum + point.n, 0), budget = run.reduce((sum, point) => sum + budgetOf(point), 0);
  const saved = budget > used ? ` The budgets of the designs that were run come to ${digits(budget, 0)}; they took ${digits(used, 0)}, which is ${digits((100 * used) / budget, 0)} %.` : '';
  return {
    label: 'Runs used by each design, against its budget',
    height: 240,
    leastWidth: 64 + 14 * run.length,
    margins: { left: 54 },
    paint: (pen) => paintBudget(pen, run),
    keys: [{ words: 'runs used', kind: 'series-0', shape: 'square' }, ...(budget ? [{ words: 'budget: no more than these can be needed', kind: 'st-ink', shape: 'bar' }] : [])],
    finding: `A budget follows from the variance of a design's first runs and the tolerance.${saved}`,
    table: () => ({ caption: 'Runs used, and the budget', head: ['Design', 'Runs used', 'Budget'], rows: run.map((point) => [String(point.v), digits(point.n, 0), budgetOf(point) ? digits(budgetOf(point), 0) : '']) }),
  };
}

function paintBudget(pen, run) {
  const most = Math.max(...run.map((point) => point.n)), budgets = run.map(budgetOf).filter(Boolean);
  const top = Math.max(most, ...budgets), log = top > 40 * Math.min(...run.map((point) => point.n));
  const low = log ? Math.max(1, Math.min(...run.map((point) => point.n)) / 2) : 0;
  const marks = log ? logTicks(low, top * 1.1) : roundTicks(0, top * 1.05, 4);
  const y = numbersScale(low, top * 1.1, pen.bottom, pen.top, { log, ticks: marks.map((mark) => [mark, digits(mark, 0)]) });
  const bands = placesScale(run.map((point) => String(point.v)), pen.left, pen.right), wide = Math.min(bands.band * 0.6, 34);
  pen.axes(bands, y, { up: log ? 'Runs (each mark ten times the last)' : 'Runs', across: 'Design' });
  return run.map((point, at) => {
    const x = bands.of(at), high = y.place(point.n), budget = budgetOf(point);
    pen.rect(x - wide / 2, high, wide, pen.bottom - high, point === answer ? 'bar-answer' : 'bar');
    if (budget) pen.line(x - wide * 0.75, y.place(budget), x + wide * 0.75, y.place(budget), 'budget');
    return { x, y: high, point, text: `Design ${point.v}: ${counted(point.n, 'runs')}${budget ? ` of at most ${digits(budget, 0)}` : ''}` };
  });
}
