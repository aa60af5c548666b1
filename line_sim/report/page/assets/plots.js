// Curves of steps that can be read off and zoomed into; without this script they stand as they are.

class Plot {
  constructor(figure, spec) {
    this.figure = figure;
    this.spec = spec;
    this.field = figure.querySelector('.field');
    this.readout = figure.querySelector('.readout');
    this.paths = [...figure.querySelectorAll('.curve')];
    this.all = [this.scaled(spec.low), this.scaled(spec.high)];
    this.seen = [...this.all];
    this.series = spec.series.map((one) => {
      const [moments, values] = unpack(one.data, 2);
      return { ...one, moments: summed(moments), values: summed(values.map(unfold)).map((v) => v * one.scale) };
    });
    this.cursor = this.add('cursor');
    this.chosen = this.add('chosen');
    this.listen();
  }

  add(name) {
    const element = document.createElement('div');
    element.className = name;
    element.hidden = true;
    this.field.append(element);
    return element;
  }

  scaled(time) {
    return this.spec.log ? Math.log10(time) : time;
  }

  time(scaled) {
    return this.spec.log ? 10 ** scaled : scaled;
  }

  share(time) {
    return (this.scaled(Math.max(time, 1e-9)) - this.seen[0]) / (this.seen[1] - this.seen[0]);
  }

  listen() {
    const field = this.field;
    let from = null;
    const share = (event) => {
      const box = field.getBoundingClientRect();
      return clamp((event.clientX - box.left) / box.width, 0, 1);
    };
    field.addEventListener('pointermove', (event) => {
      if (from !== null) this.choose(from, share(event));
      else if (event.pointerType === 'mouse') showTip(this.read(share(event)), event);
    });
    field.addEventListener('pointerleave', () => {
      hideTip();
      if (from === null) this.cursor.hidden = true;
    });
    field.addEventListener('pointerdown', (event) => {
      from = share(event);
      if (event.pointerType === 'mouse') field.setPointerCapture(event.pointerId);
    });
    field.addEventListener('pointerup', (event) => {
      const [a, b] = [from, share(event)].sort((x, y) => x - y);
      from = null;
      this.chosen.hidden = true;
      if (b - a > 0.02) this.show(this.at(a), this.at(b));
      else this.say(this.read(share(event)));
    });
    field.addEventListener('pointercancel', () => {
      from = null;
      this.chosen.hidden = true;
    });
    field.addEventListener('dblclick', () => this.show(...this.all));
    field.addEventListener('keydown', (event) => this.key(event));
    for (const button of this.figure.querySelectorAll('[data-do]')) {
      button.addEventListener('click', () => this.zoom({ in: 0.5, out: 2, all: Infinity }[button.dataset.do]));
    }
  }

  at(share) {
    return this.seen[0] + share * (this.seen[1] - this.seen[0]);
  }

  choose(from, to) {
    this.chosen.hidden = false;
    this.chosen.style.left = `${100 * Math.min(from, to)}%`;
    this.chosen.style.width = `${100 * Math.abs(to - from)}%`;
  }

  key(event) {
    const move = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move !== undefined && event.shiftKey) this.pan(move * 10);
    else if (move !== undefined) this.step(move);
    else if (event.key === '+' || event.key === '=') this.zoom(0.5);
    else if (event.key === '-') this.zoom(2);
    else if (event.key === '0' || event.key === 'Escape') this.zoom(Infinity);
    else return;
    event.preventDefault();
  }

  /** Move the reading line; past an end, the stretch moves with it. */
  step(move) {
    const next = (this.reading ?? 0.5) + move;
    if (next < 0 || next > 1) this.pan(move);
    this.say(this.read(clamp(next, 0, 1)));
  }

  pan(shares) {
    const by = shares * (this.seen[1] - this.seen[0]);
    const fit = clamp(by, this.all[0] - this.seen[0], this.all[1] - this.seen[1]);
    this.show(this.seen[0] + fit, this.seen[1] + fit);
  }

  zoom(factor) {
    const middle = this.at(this.reading ?? 0.5);
    const half = Math.min(factor * (this.seen[1] - this.seen[0]), this.all[1] - this.all[0]) / 2;
    const least = (this.all[1] - this.all[0]) / 1e5;
    const low = clamp(middle - Math.max(half, least), this.all[0], Math.max(this.all[0], this.all[1] - 2 * half));
    this.show(low, low + 2 * Math.max(half, least));
    this.say(`${this.words(this.time(this.seen[0]))} to ${this.words(this.time(this.seen[1]))}`);
  }

  show(low, high) {
    this.seen = [Math.max(low, this.all[0]), Math.min(high, this.all[1])];
    this.series.forEach((series, i) => this.paths[i].setAttribute('d', this.path(series)));
    this.ticks();
    this.cursor.hidden = true;
    for (const mark of this.field.querySelectorAll('.mark')) {
      const share = this.share(Number(mark.dataset.moment));
      mark.hidden = share < 0 || share > 1;
      mark.style.left = `${100 * share}%`;
    }
  }

  /** Steps of what is seen; where points are denser than the screen, the lowest and highest of each bit. */
  path({ moments, values }) {
    const [low, high] = this.seen.map((scaled) => this.time(scaled));
    const first = Math.max(lastUpTo(moments, low), 0), last = lastUpTo(moments, high);
    const stride = Math.max(1, Math.floor((last - first) / 1200));
    const up = (value) => (1000 - (1000 * value) / this.spec.top).toFixed(1);
    const across = (time) => (1000 * clamp(this.share(time), -0.01, 1.01)).toFixed(2);
    const moves = [];
    for (let i = first; i <= last; i += stride) {
      const stop = Math.min(i + stride, last + 1);
      let least = i, most = i;
      for (let k = i; k < stop; k++) {
        if (values[k] < values[least]) least = k;
        if (values[k] > values[most]) most = k;
      }
      for (const k of new Set([Math.min(least, most), Math.max(least, most), stop - 1])) {
        moves.push(moves.length ? `H${across(moments[k])}V${up(values[k])}` : `M${across(moments[k])} ${up(values[k])}`);
      }
    }
    return moves.length ? `${moves.join('')}H1000` : '';
  }

  ticks() {
    const [low, high] = this.seen.map((scaled) => this.time(scaled) / this.spec.size);
    const days = this.spec.week ? timeTicks(low * this.spec.size, high * this.spec.size, clamp(this.field.clientWidth / 130, 2, 8), this.spec.high).filter((tick) => this.share(tick) <= 0.95) : null;
    const ticks = days ? days.map((tick) => tick / this.spec.size) : this.spec.log ? logTicks(low, high) : roundTicks(low, high, clamp(this.field.clientWidth / 80, 2, 6));
    const spans = ticks.map((tick) => {
      const span = document.createElement('span');
      span.textContent = days ? moment(tick * this.spec.size, this.spec.high) : digits(tick, 6);
      span.style.left = `${100 * this.share(tick * this.spec.size)}%`;
      return span;
    });
    this.field.querySelector('.x-ticks').replaceChildren(...spans);
  }

  words(time) {
    if (this.spec.week) return moment(time, this.spec.high);
    return `${digits(time / this.spec.size, this.spec.unit === 'ms' ? 1 : 3)} ${this.spec.unit}`;
  }

  /** Set the reading line to a share of the way and return what the curves say there. */
  read(share) {
    this.reading = share;
    const time = this.time(this.at(share));
    this.cursor.hidden = false;
    this.cursor.style.left = `${100 * share}%`;
    const said = this.series.map((series) => {
      const value = series.values[lastUpTo(series.moments, time)] ?? 0;
      const name = this.series.length > 1 ? ` ${series.name}` : '';
      return `${digits(value, 1)} ${this.spec.suffix}${name}`;
    });
    return `${this.words(time)}: ${said.join('; ')}`;
  }

  say(text) {
    this.readout.textContent = text;
  }
}
