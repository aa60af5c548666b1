// A pen that writes SVG: axes, lines, intervals and marks, in pixels, so that a chart can be saved as it stands.

class Pen {
  constructor(width, height, { left = 58, right = 14, top = 26, bottom = 44 } = {}) {
    Object.assign(this, { width, height, left, right: width - right, top, bottom: height - bottom, out: [] });
  }

  put(text) {
    this.out.push(text);
  }

  text(x, y, words, { kind = 'tick', anchor = 'middle', fill = '', size = 0 } = {}) {
    const styles = [fill && `fill:${fill}`, size && `font-size:${size}px`].filter(Boolean).join(';'), style = styles ? ` style="${styles}"` : '';
    this.put(`<text class="c-${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${style}>${esc(words)}</text>`);
  }

  line(x1, y1, x2, y2, kind) {
    this.put(`<path class="c-${kind}" d="M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}"/>`);
  }

  path(d, kind, style = '') {
    if (d) this.put(`<path class="c-${kind}" d="${d}"${style ? ` style="${style}"` : ''}/>`);
  }

  rect(x, y, w, h, kind, style = '') {
    this.put(`<rect class="c-${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(w, 0).toFixed(1)}" height="${Math.max(h, 0).toFixed(1)}"${style ? ` style="${style}"` : ''}/>`);
  }

  /** The frame of a chart: marks of both axes, lines across, what is up and what is across. */
  axes(x, y, { up = '', across = '' } = {}) {
    for (const [value, words] of y.ticks) {
      const at = y.place(value);
      this.line(this.left, at, this.right, at, 'grid');
      this.text(this.left - 7, at + 4, words, { anchor: 'end' });
    }
    this.line(this.left, this.bottom, this.right, this.bottom, 'axis');
    let beyond = -Infinity;
    for (const [value, words] of x.ticks) {
      const at = x.place(value), half = 3.4 * String(words).length;
      if (at - half < beyond) continue;
      beyond = at + half + 6;
      this.line(at, this.bottom, at, this.bottom + 4, 'axis');
      this.text(clamp(at, half, this.width - half), this.bottom + 17, words);
    }
    if (up) this.text(0, 13, up, { kind: 'name', anchor: 'start' });
    if (across) this.text(this.right, this.height - 5, across, { kind: 'name', anchor: 'end' });
  }

  /** An interval as a line up with feet. */
  whisker(x, low, high, kind, foot = 4) {
    this.path(`M${x.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}M${(x - foot).toFixed(1)} ${low.toFixed(1)}h${2 * foot}M${(x - foot).toFixed(1)} ${high.toFixed(1)}h${2 * foot}`, `whisker ${kind}`);
  }

  /** An interval as a line across. */
  whiskerAcross(y, low, high, kind, foot = 4) {
    this.path(`M${low.toFixed(1)} ${y.toFixed(1)}H${high.toFixed(1)}M${low.toFixed(1)} ${(y - foot).toFixed(1)}v${2 * foot}M${high.toFixed(1)} ${(y - foot).toFixed(1)}v${2 * foot}`, `whisker ${kind}`);
  }

  /** Many dots at once: one path, however many there are. */
  dots(places, kind, size = 6) {
    this.path(places.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(''), `dots ${kind}`, `stroke-width:${size}px`);
  }

  mark(x, y, shape, kind, size = 4.5) {
    this.put(`<path class="c-mark ${kind}" d="${markPath(x, y, shape, size)}"/>`);
  }

  /** A limit of a figure: a line with its words, the side that misses it shaded. */
  limit(scale, demand, kpi, { upright = false } = {}) {
    const at = scale.place(demand.limit), [from, to] = upright ? [this.left, this.right] : [this.bottom, this.top];
    if (at < Math.min(from, to) - 1 || at > Math.max(from, to) + 1) return;
    const low = demand.least ? from : at, high = demand.least ? at : to, start = Math.min(low, high), long = Math.abs(high - low);
    const words = `${demand.least ? '≥' : '≤'} ${withUnit(kpi, demand.limit)}`;
    if (upright) this.rect(start, this.top, long, this.bottom - this.top, 'missed');
    else this.rect(this.left, start, this.right - this.left, long, 'missed');
    if (demand.tolerance > 0) this.band(scale, demand, upright);
    if (upright) this.line(at, this.top, at, this.bottom, 'limit');
    else this.line(this.left, at, this.right, at, 'limit');
    if (upright) this.text(at + (at > (from + to) / 2 ? -5 : 5), this.top + 11, words, { kind: 'limit-text', anchor: at > (from + to) / 2 ? 'end' : 'start' });
    else this.text(this.left + 5, at + (at < this.top + 20 ? 14 : -5), words, { kind: 'limit-text', anchor: 'start' });
  }

  /** The tolerance around a limit, in which either answer is right. */
  band(scale, demand, upright) {
    const [one, other] = [demand.limit - demand.tolerance, demand.limit + demand.tolerance].map((value) => clamp(scale.place(value), upright ? this.left : this.top, upright ? this.right : this.bottom));
    const start = Math.min(one, other), long = Math.abs(other - one);
    if (upright) this.rect(start, this.top, long, this.bottom - this.top, 'tolerance');
    else this.rect(this.left, start, this.right - this.left, long, 'tolerance');
  }
}

/** The outline of a mark, told apart by its shape alone. */
function markPath(x, y, shape, size) {
  const at = (value) => value.toFixed(1), r = size;
  const circle = `M${at(x - r)} ${at(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  switch (shape) {
    case 'square': return `M${at(x - r * 0.9)} ${at(y - r * 0.9)}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
    case 'triangle': return `M${at(x)} ${at(y - 1.2 * r)}l${1.15 * r} ${2 * r}h${-2.3 * r}z`;
    case 'down': return `M${at(x)} ${at(y + 1.2 * r)}l${1.15 * r} ${-2 * r}h${-2.3 * r}z`;
    case 'diamond': return `M${at(x)} ${at(y - 1.3 * r)}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`;
    case 'cross': return `M${at(x - r)} ${at(y - r)}l${2 * r} ${2 * r}M${at(x + r)} ${at(y - r)}l${-2 * r} ${2 * r}`;
    case 'plus': return `M${at(x - 1.2 * r)} ${at(y)}h${2.4 * r}M${at(x)} ${at(y - 1.2 * r)}v${2.4 * r}`;
    case 'bar': return `M${at(x - 0.6)} ${at(y - r)}h1.2v${2 * r}h-1.2z`;
    default: return circle;
  }
}
