// The machines' bars and the calls in them, for any stretch of the run; only what is seen is drawn.

const LANE = 46, BAR = 22, LABEL = 18, AXIS = 24;

class Gantt {
  constructor(root, spec) {
    this.spec = spec;
    this.lanes = spec.lanes.map((lane) => readLane(lane, spec));
    this.field = root.querySelector('#gantt-field');
    this.canvas = root.querySelector('canvas');
    this.told = root.querySelector('#gantt-told');
    this.from = root.querySelector('#gantt-from');
    this.long = root.querySelector('#gantt-length');
    this.slider = root.querySelector('#gantt-slider');
    this.lane = 0;
    this.part = null;
    this.at = spec.at;
    this.whole = spec.end - spec.begin;
    this.length = spec.length;
    this.height = this.lanes.length * LANE + AXIS;
    this.canvas.style.height = `${this.height}px`;
    this.listen(root);
    new ResizeObserver(() => this.draw()).observe(this.field);
  }

  listen(root) {
    const steps = { back: () => this.pan(-0.5), on: () => this.pan(0.5), in: () => this.zoom(0.5), out: () => this.zoom(2), all: () => this.all() };
    for (const button of root.querySelectorAll('[data-do]')) button.addEventListener('click', steps[button.dataset.do]);
    for (const button of document.querySelectorAll('.look')) {
      button.addEventListener('click', () => {
        this.lane = Number(button.dataset.lane);
        this.show(Number(button.dataset.at), Number(button.dataset.length));
        this.field.scrollIntoView({ block: 'center' });
        this.field.focus({ preventScroll: true });
      });
    }
    const typed = () => {
      const [from, length] = [this.from, this.long].map((input) => Number(input.value) * this.spec.size);
      if (Number.isFinite(from) && length > 0) this.show(from, length);
    };
    this.from.addEventListener('change', typed);
    this.long.addEventListener('change', typed);
    this.slider.addEventListener('input', () => this.show(this.spec.begin + (this.slider.value / 1000) * (this.whole - this.length), this.length));
    this.field.addEventListener('keydown', (event) => this.key(event));
    this.field.addEventListener('focus', () => this.draw());
    this.field.addEventListener('blur', () => this.draw());
    this.field.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.drag();
  }

  /** Drag to move, two fingers to zoom, a click to have a part told. */
  drag() {
    const pointers = new Map();
    let moved = 0, before = null;
    this.field.addEventListener('pointerdown', (event) => {
      pointers.set(event.pointerId, event.clientX);
      moved = 0;
      before = pointers.size === 2 ? pinch(pointers) : null;
    });
    this.field.addEventListener('pointermove', (event) => {
      if (!pointers.has(event.pointerId)) {
        const found = this.find(event);
        this.field.style.cursor = found ? 'pointer' : 'grab';
        if (found) showTip(this.words(found), event);
        else hideTip();
        return;
      }
      const step = event.clientX - pointers.get(event.pointerId);
      pointers.set(event.pointerId, event.clientX);
      moved += Math.abs(step);
      if (pointers.size === 2 && before) {
        const now = pinch(pointers), box = this.field.getBoundingClientRect();
        this.zoom(before.apart / now.apart, (now.middle - box.left) / box.width);
        before = now;
      } else if (moved > 3) {
        if (!this.field.hasPointerCapture(event.pointerId)) this.field.setPointerCapture(event.pointerId);
        this.pan(-step / this.field.clientWidth);
      }
    });
    const over = (event) => {
      if (pointers.delete(event.pointerId) && event.type === 'pointerup' && moved <= 3) this.choose(this.find(event));
    };
    for (const end of ['pointerup', 'pointercancel', 'pointerleave']) this.field.addEventListener(end, over);
    this.field.addEventListener('pointerleave', hideTip);
  }

  wheel(event) {
    const box = this.field.getBoundingClientRect();
    if (event.ctrlKey) this.zoom(2 ** (event.deltaY / 200), (event.clientX - box.left) / box.width);
    else if (event.shiftKey) this.pan(event.deltaY / box.width);
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.pan(event.deltaX / box.width);
    else return; // the page scrolls
    event.preventDefault();
  }

  key(event) {
    const steps = {
      ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2), PageUp: () => this.pan(-1), PageDown: () => this.pan(1),
      '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2), 0: () => this.all(),
      Home: () => this.show(this.spec.begin, this.length), End: () => this.show(this.spec.end, this.length),
      ArrowUp: () => this.walk(-1), ArrowDown: () => this.walk(1), ',': () => this.next(-1), '.': () => this.next(1),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in steps)) return;
    steps[event.key]();
    event.preventDefault();
  }

  walk(by) {
    this.lane = clamp(this.lane + by, 0, this.lanes.length - 1);
    this.part = null;
    this.draw();
    const { name, visits } = this.lanes[this.lane];
    this.told.textContent = `${name}: ${counted(visits.start.length, 'parts in the run')}`;
  }

  next(by) {
    const { visits } = this.lanes[this.lane];
    if (!visits.start.length) return;
    const here = this.part?.lane === this.lane ? this.part.index + by : lastUpTo(visits.start, this.at) + 1;
    const index = clamp(here, 0, visits.start.length - 1);
    const [start, end] = [visits.start[index], visits.left[index]];
    if (start < this.at || end > this.at + this.length) this.move(start - this.length / 4, Math.max(this.length, 1.5 * (end - start)));
    this.choose({ lane: this.lane, index });
  }

  choose(found) {
    this.part = found;
    if (found) this.lane = found.lane;
    this.draw();
    this.told.textContent = found ? this.words(found) : this.stretch();
  }

  pan(shares) {
    this.show(this.at + shares * this.length, this.length);
  }

  all() {
    this.show(this.spec.begin, this.whole);
  }

  zoom(factor, around = 0.5) {
    const length = clamp(this.length * factor, Math.min(1000, this.whole), this.whole);
    this.show(this.at + around * (this.length - length), length);
  }

  show(at, length) {
    this.move(at, length);
    this.told.textContent = this.stretch();
  }

  move(at, length) {
    this.length = clamp(length, Math.min(1000, this.whole), this.whole);
    this.at = clamp(at, this.spec.begin, this.spec.end - this.length);
    this.draw();
  }

  /** The stretch in words: how many parts were worked on, how many calls were made, how they ended. */
  stretch() {
    const end = this.at + this.length;
    const parts = new Set();
    let calls = 0, late = 0;
    for (const { visits, asked } of this.lanes) {
      for (let i = firstSeen(visits, this.at); i < visits.start.length && visits.start[i] < end; i++) {
        if (visits.left[i] >= this.at) parts.add(visits.item[i]);
      }
      for (let i = lastUpTo(asked.issued, this.at) + 1; i < asked.issued.length && asked.issued[i] < end; i++) {
        calls += 1;
        late += asked.outcome[i] === 0 ? 0 : 1;
      }
    }
    const said = calls ? `, ${counted(calls, 'calls made')}, ${digits(late, 0)} of them without a usable answer` : '';
    return `${moment(this.at, this.spec.end)} to ${moment(end, this.spec.end)}: ${counted(parts.size, 'parts on machines')}${said}`;
  }

  /** What was done with a part on a machine, and what the calls for it came to. */
  words({ lane, index }) {
    const { name, visits, asked } = this.lanes[lane];
    const [start, done, left] = [visits.start[index], visits.done[index], visits.left[index]];
    const told = [`${name}, part ${digits(visits.item[index], 0)}: from ${moment(start, this.spec.end)}, ${lasting(done - start)}${visits.open[index] ? ', not finished' : ''}`];
    for (let i = lastUpTo(asked.issued, start - 1) + 1; i < asked.issued.length && asked.issued[i] <= done; i++) {
      const score = asked.score[i] ? `: ${this.spec.labels[asked.label[i]]} ${digits((asked.score[i] - 1) / 1000, 3)}` : '';
      told.push(`call ${lasting(asked.latency[i])} ${this.spec.outcomes[asked.outcome[i]].replace('_', ' ')}${score}`);
    }
    if (left > done) told.push(`blocked ${lasting(left - done)}`);
    return told.join('; ');
  }

  /** The part under the pointer, or null. */
  find(event) {
    const box = this.field.getBoundingClientRect();
    const lane = Math.floor((event.clientY - box.top) / LANE);
    if (lane < 0 || lane >= this.lanes.length) return null;
    const time = this.at + ((event.clientX - box.left) / box.width) * this.length;
    const { visits } = this.lanes[lane];
    const index = lastUpTo(visits.start, time);
    return index >= 0 && visits.left[index] >= time ? { lane, index } : null;
  }

  draw() {
    drawGantt(this);
    this.from.value = (this.at / this.spec.size).toFixed(this.spec.unit === 's' ? 3 : 5);
    this.long.value = (this.length / this.spec.size).toFixed(this.spec.unit === 's' ? 3 : 5);
    const room = this.whole - this.length;
    this.slider.value = room > 0 ? (1000 * (this.at - this.spec.begin)) / room : 0;
    this.slider.setAttribute('aria-valuetext', `${moment(this.at, this.spec.end)} to ${moment(this.at + this.length, this.spec.end)}`);
  }
}

function readLane(lane, spec) {
  const [items, starts, work, blocked] = unpack(lane.visits, 4);
  const start = summed(starts);
  const done = start.map((at, i) => at + Math.floor(work[i] / 2));
  const [askedItems, issues, latency, outcome, label, score] = unpack(lane.calls, 6);
  const [fails, down] = unpack(lane.outages, 2);
  const [off, long] = unpack(lane.off ?? '', 2);
  return {
    name: lane.name, gate: lane.gate, rides: lane.rides,
    visits: { item: summed(items.map(unfold)), start, done, left: done.map((at, i) => at + blocked[i]), open: work.map((w) => w % 2) },
    asked: { item: summed(askedItems.map(unfold)), issued: summed(issues), latency, outcome, label, score },
    outages: { failed: summed(fails), down },
    off: { from: summed(off), long },
    end: spec.end,
  };
}

/** The first bar that may reach into a stretch: bars of a machine follow one another. */
const firstSeen = (visits, at) => Math.max(lastUpTo(visits.start, at), 0);
