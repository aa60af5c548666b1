// How figures, settings and places on an axis are written; a study's points, found by their numbers.

const { kpis, axes, points, demands } = told;
const byNumber = new Map(points.map((point) => [point.v, point]));
kpis.forEach((kpi, at) => (kpi.at = at));
const kpiNamed = new Map(kpis.map((kpi) => [kpi.name, kpi]));
const COST = { name: 'cost', title: 'Cost', suffix: '', scale: 1, places: 0, better: 'less', at: null };
const hasCost = points.some((point) => typeof point.c === 'number');

const esc = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Mean, low and high end of a figure at a point, or null; a cost is known exactly. */
function valueOf(point, kpi) {
  if (kpi.at === null) return typeof point.c === 'number' ? [point.c, null, null] : null;
  return point.y[kpi.at];
}

const fixed = (value, places) => value.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });
const bare = (kpi, value) => (kpi.at === null ? digits(value, 6) : fixed(value * kpi.scale, kpi.places));
const withUnit = (kpi, value) => `${bare(kpi, value)} ${kpi.suffix}`.trim();

/** A mean with its interval, as the tables have it: `13,912 (13,850 to 13,960)`. */
function withInterval(kpi, found, unit = false) {
  if (!found) return '';
  const [mean, low, high] = found;
  const text = unit ? withUnit(kpi, mean) : bare(kpi, mean);
  return low === null || high === null ? text : `${text} (${bare(kpi, low)} to ${bare(kpi, high)})`;
}

const titled = (kpi) => (kpi.suffix && !kpi.title.toLowerCase().includes(kpi.suffix) ? `${kpi.title}, ${kpi.suffix}` : kpi.title);
const levelOf = (point, axis) => axis.texts[point.x[axis.at]] ?? 'not set';
const settingsOf = (point) => axes.map((axis) => `${axis.name} = ${levelOf(point, axis)}`).join(', ');
axes.forEach((axis, at) => (axis.at = at));

const numberWord = told.kind === 'plan' ? 'Design' : 'Point';
const STANDINGS = { met: 'meets every demand', missed: 'misses a demand', open: 'not known well enough', unknown: 'has no figures', failed: 'failed' };

/** What is said of a point under the pointer and by keys. */
function sayPoint(point, ...figures) {
  const values = figures.map((kpi) => [kpi, valueOf(point, kpi)]).filter(([, found]) => found);
  const said = values.map(([kpi, found]) => `${kpi.title} ${withInterval(kpi, found, true)}`);
  if (point.error) said.push(`failed: ${point.error}`);
  const stands = point.verdict ?? STANDINGS[point.ok];
  return [`${numberWord} ${point.v}: ${settingsOf(point)}`, ...said, ...(stands ? [stands] : [])].join('; ');
}

/** An element with text and attributes. */
function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  if (text !== '') made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const NUMBER = /^[-−]?[\d,.]+( |$)/;

/** A table that scrolls in its frame: `head` and `rows` are texts, the first of a row names it; columns of numbers stand to the right. */
function tableOf({ caption, head, rows }) {
  const table = element('table');
  table.append(element('caption', caption));
  const top = element('tr');
  const numeric = head.map((_, at) => at > 0 && rows.every((row) => NUMBER.test(row[at]) || !row[at]));
  const kind = (at) => (numeric[at] ? { class: 'number' } : {});
  head.forEach((text, at) => top.append(element('th', text, { scope: 'col', ...kind(at) })));
  const thead = element('thead');
  thead.append(top);
  const body = element('tbody');
  for (const row of rows) {
    const line = element('tr');
    row.forEach((text, at) => line.append(at ? element('td', text, kind(at)) : element('th', text, { scope: 'row' })));
    body.append(line);
  }
  table.append(thead, body);
  const frame = element('div', '', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption });
  frame.append(table);
  return frame;
}

/** Fill a choice; returns it. `choices` are [value, text]. */
function fill(select, choices, value) {
  select.replaceChildren(...choices.map(([one, text]) => element('option', text, { value: one })));
  if (value !== undefined) select.value = value;
  return select;
}
