// A chart: drawn to the width that there is, read off by pointer and keys, its numbers as a table behind it.

const charts = [];
let charted = 0;

class Chart {
  /** `spec`: label, height, leastWidth, paint(pen) => marks, finding, keys (a legend), table() */
  constructor(holder, { margins, small = false } = {}) {
    this.margins = margins;
    this.marks = [];
    this.at = null;
    this.figure = element('figure', '', { class: small ? 'chart chart-small' : 'chart' });
    this.head = element('div', '', { class: 'chart-head' });
    this.keys = element('ul', '', { class: 'legend chart-keys' });
    this.field = element('div', '', { class: 'chart-field', tabindex: '0', role: 'group' });
    this.readout = element('p', '', { class: 'readout', 'aria-live': 'polite' });
    this.caption = element('figcaption');
    this.behind = element('details', '', { class: 'behind' });
    this.behind.append(element('summary', 'The numbers as a table'));
    this.head.append(this.keys);
    const foot = element('div', '', { class: 'chart-foot' });
    foot.append(this.behind, this.saves());
    this.figure.append(this.head, this.field, this.caption, this.readout, foot);
    holder.append(this.figure);
    this.listen();
    charts.push(this);
    sized.observe(this.field);
  }

  listen() {
    const near = (event) => this.nearest(event);
    this.field.addEventListener('pointermove', (event) => {
      const mark = event.pointerType === 'mouse' ? near(event) : null;
      this.field.classList.toggle('on-point', mark !== null);
      if (mark) showTip(mark.text, event);
      else hideTip();
    });
    this.field.addEventListener('pointerleave', hideTip);
    this.field.addEventListener('click', (event) => {
      const mark = near(event);
      if (!mark) return;
      this.go(mark);
      if (mark.point) choose(mark.point);
    });
    this.field.addEventListener('keydown', (event) => this.key(event));
    this.field.addEventListener('blur', () => this.ring('here', null));
    this.behind.addEventListener('toggle', () => this.fillTable());
  }

  /** The buttons that save the chart as it stands. */
  saves() {
    const offer = element('div', 'Save as ', { class: 'save', role: 'group' });
    for (const kind of ['svg', 'png']) {
      const button = element('button', kind.toUpperCase(), { type: 'button' });
      button.addEventListener('click', () => save(this.figure, kind));
      offer.append(button);
    }
    return offer;
  }

  /** Draw anew from another spec, or the same at another width. */
  show(spec = this.spec) {
    if (!spec) return;
    this.spec = spec;
    const width = Math.max(this.field.clientWidth, spec.leastWidth ?? 0);
    if (!width) return;
    this.width = width;
    const pen = new Pen(width, spec.height, { ...this.margins, ...spec.margins });
    this.marks = spec.paint(pen) ?? [];
    this.at = null;
    this.field.innerHTML = `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${spec.height}" viewBox="0 0 ${width} ${spec.height}" aria-label="${esc(spec.label)}">${pen.out.join('')}<path class="c-ring c-chosen"/><path class="c-ring c-here"/></svg>`;
    this.figure.dataset.save = spec.label;
    this.figure.querySelector('.save').setAttribute('aria-label', `Save: ${spec.label}`);
    this.field.setAttribute('aria-label', `${spec.label}. Arrow keys go from point to point, Enter chooses one.`);
    this.caption.textContent = spec.finding ?? '';
    this.caption.hidden = !spec.finding;
    this.keys.replaceChildren(...(spec.keys ?? []).map(legendKey));
    this.behind.hidden = !spec.table;
    this.fillTable();
    this.ringChosen();
  }

  fillTable() {
    this.behind.querySelector('.scroll')?.remove();
    if (this.behind.open && this.spec?.table) this.behind.append(tableOf(this.spec.table()));
  }

  nearest(event) {
    const box = this.field.querySelector('svg')?.getBoundingClientRect();
    if (!box) return null;
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = null, least = event.pointerType === 'mouse' ? 24 : 36;
    for (const mark of this.marks) {
      const inside = mark.w && Math.abs(x - mark.x) <= mark.w / 2 && Math.abs(y - mark.y) <= mark.h / 2;
      const apart = inside ? 0 : mark.w ? Infinity : Math.hypot(mark.x - x, mark.y - y);
      if (apart < least) [best, least] = [mark, apart];
    }
    return best;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const inOrder = () => [...this.marks].sort((a, b) => a.x - b.x);
    if (step) this.go(this.next(...step));
    else if (event.key === 'Home') this.go(inOrder()[0]);
    else if (event.key === 'End') this.go(inOrder().at(-1));
    else if ((event.key === 'Enter' || event.key === ' ') && this.at) choose(this.at.point);
    else return;
    event.preventDefault();
  }

  /** The nearest mark in a direction; sideways steps count double. */
  next(dx, dy) {
    if (!this.at) return this.marks.find((mark) => mark.point && mark.point === chosenPoint) ?? this.marks[0];
    let best = this.at, least = Infinity;
    for (const mark of this.marks) {
      const across = mark.x - this.at.x, up = mark.y - this.at.y, ahead = across * dx + up * dy;
      if (ahead < 0.5) continue;
      const apart = ahead + 2.5 * Math.abs(across * dy + up * dx);
      if (apart < least) [best, least] = [mark, apart];
    }
    return best;
  }

  go(mark) {
    if (!mark) return;
    this.at = mark;
    this.readout.textContent = mark.text;
    this.ring('here', mark);
    const over = this.field.scrollWidth - this.field.clientWidth;
    if (over > 0) this.field.scrollLeft = clamp(mark.x - this.field.clientWidth / 2, 0, over);
  }

  ring(name, ...marks) {
    const around = (mark) => (mark.w ? `M${mark.x - mark.w / 2 + 2} ${mark.y - mark.h / 2 + 2}h${mark.w - 4}v${mark.h - 4}h${4 - mark.w}z` : markPath(mark.x, mark.y, 'circle', 9));
    this.field.querySelector(`.c-${name}`)?.setAttribute('d', marks.filter(Boolean).map(around).join(''));
  }

  ringChosen() {
    this.ring('chosen', ...(chosenPoint ? this.marks.filter((mark) => mark.point === chosenPoint) : []));
  }

  drop() {
    sized.unobserve(this.field);
    charts.splice(charts.indexOf(this), 1);
    this.figure.remove();
  }
}

/** A line of a legend: a mark of a shape and its words. */
function legendKey({ shape = 'circle', kind, words, line = false }) {
  const item = element('li'), wide = line ? 28 : 16;
  const stroke = line ? `<path class="c-line ${kind}" d="M1 8H27"/>` : '';
  item.innerHTML = `<svg width="${wide}" height="16" viewBox="0 0 ${wide} 16" aria-hidden="true">${stroke}${shape ? `<path class="c-mark ${kind}" d="${markPath(wide / 2, 8, shape, 4.5)}"/>` : ''}</svg>`;
  item.append(element('span', words));
  return item;
}

const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = charts.find((one) => one.field === target);
    if (chart && Math.max(target.clientWidth, chart.spec?.leastWidth ?? 0) !== chart.width) chart.show();
  }
});

/** Small charts side by side; as many as there are specs. */
class Multiples {
  constructor(holder) {
    this.holder = holder;
    this.charts = [];
  }

  show(specs, margins = { left: 50, right: 10, top: 24, bottom: 42 }) {
    while (this.charts.length > specs.length) this.charts.pop().drop();
    while (this.charts.length < specs.length) this.charts.push(new Chart(this.holder, { small: true, margins }));
    specs.forEach((spec, at) => this.charts[at].show(spec));
  }
}
