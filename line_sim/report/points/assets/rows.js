// The table of all: sorted by a heading, filtered by words, by level and by standing; long ones shown bit by bit.

const AT_ONCE = 100;

class Rows {
  constructor(root) {
    this.root = root;
    this.body = root.querySelector('tbody');
    this.rows = [...this.body.rows].map((row) => ({ row, point: byNumber.get(JSON.parse(row.dataset.v)), words: [...row.cells].map((cell) => cell.textContent).join(' | ').toLowerCase() }));
    this.most = AT_ONCE;
    this.filters = root.querySelector('.row-filters');
    this.more = root.querySelector('.more-rows');
    this.addLevels();
    this.listen();
    this.show();
  }

  addLevels() {
    const holder = this.filters.querySelector('[data-levels]');
    for (const axis of axes.filter((one) => one.texts.length > 1 && one.texts.length <= 40)) {
      const label = element('label', `${axis.name} `), select = element('select', '', { 'data-axis': axis.at });
      fill(select, [['', 'all'], ...axis.texts.map((text, at) => [at, text])]);
      label.append(select);
      holder.append(label);
    }
  }

  listen() {
    this.filters.addEventListener('input', () => {
      this.most = AT_ONCE;
      this.show();
    });
    this.filters.addEventListener('submit', (event) => event.preventDefault());
    this.more.addEventListener('click', () => {
      this.most += 4 * AT_ONCE;
      this.show();
    });
    for (const button of this.root.querySelectorAll('[data-sort]')) button.addEventListener('click', () => this.sort(button));
  }

  sort(button) {
    const head = button.closest('th'), down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of this.root.querySelectorAll('[aria-sort]')) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const key = sortKey(button.dataset.sort), sign = down ? -1 : 1;
    const keyed = this.rows.map((one) => [key(one.point, one.row), one]);
    keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * (a < b ? -1 : a > b ? 1 : 0)));
    this.rows = keyed.map(([, one]) => one);
    this.body.append(...this.rows.map(({ row }) => row));
    this.show();
  }

  show() {
    const words = this.filters.querySelector('[name="words"]').value.trim().toLowerCase();
    const stands = this.filters.querySelector('[name="stands"]').value;
    const levels = [...this.filters.querySelectorAll('[data-axis]')].filter((one) => one.value !== '').map((one) => [Number(one.dataset.axis), Number(one.value)]);
    let found = 0;
    for (const { row, point, words: mine } of this.rows) {
      const fits = mine.includes(words) && levels.every(([axis, level]) => point.x[axis] === level) && standsAs(point, stands);
      if (fits) found += 1;
      row.hidden = !fits || found > this.most;
    }
    this.root.querySelector('.found').textContent = `${counted(found, 'rows')} of ${digits(this.rows.length, 0)}`;
    this.more.hidden = found <= this.most;
  }
}

/** Whether a point is one of those that are asked for. */
function standsAs(point, stands) {
  if (!stands) return true;
  if (stands === 'error') return Boolean(point.error);
  if (stands === 'front') return onFront.has(point.v);
  return (point.verdict ?? point.ok) === stands;
}

let onFront = new Set();

/** What a column is sorted by; what is unknown comes last. */
function sortKey(column) {
  const [kind, name] = column.split(/:(.*)/s);
  if (kind === 'kpi') return (point) => point.y[kpiNamed.get(name).at]?.[0] ?? null;
  if (kind === 'axis') return (point) => point.x[Number(name)] ?? null;
  if (kind === 'cell') return (point, row) => row.cells[Number(name)].textContent || null;
  return (point) => point[kind] ?? null;
}
