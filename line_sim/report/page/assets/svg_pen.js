// A pen with a canvas' strokes that writes SVG: what is drawn on a canvas can be saved in lines and letters.

const FULL_TURN = 2 * Math.PI;
const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]);
const short = (number) => Number(number.toFixed(2));

/** A colour as every program reads it, and how far it covers: `rgb(1,2,3)`, 0.5. */
function paintOf(text) {
  const mixed = /^color\(srgb ([^)]*)\)$/.exec(text), plain = /^rgba?\(([^)]*)\)$/.exec(text);
  if (!mixed && !plain) return [text, text === 'transparent' ? 0 : 1];
  const numbers = (mixed ?? plain)[1].split(/[\s,/]+/).map(Number), [r, g, b] = numbers.map((one) => Math.round(mixed ? 255 * one : one));
  return [`rgb(${r},${g},${b})`, numbers[3] ?? 1];
}

/** An attribute for a paint, with its opacity where it does not cover. */
function painted(what, text, alpha = 1) {
  const [ink, covers] = paintOf(text), opacity = covers * alpha;
  return `${what}="${escaped(ink)}"${opacity < 1 ? ` ${what}-opacity="${short(opacity)}"` : ''}`;
}

class SvgPen {
  constructor(prefix) {
    Object.assign(this, { prefix, parts: [], definitions: [], d: '', at: [0, 0], dashes: [], clips: 0, kept: [] });
    Object.assign(this, { fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, font: '12px sans-serif', textAlign: 'left', globalAlpha: 1 });
    this.ruler = document.createElement('canvas').getContext('2d');
  }

  get text() {
    return `<defs>${this.definitions.join('')}</defs>${this.parts.join('')}${'</g>'.repeat(this.clips)}`;
  }

  beginPath() { this.d = ''; }
  closePath() { this.d += 'Z'; }
  move(letter, x, y) { this.d += `${letter}${short(x)} ${short(y)}`; this.at = [x, y]; }
  moveTo(x, y) { this.move('M', x, y); }
  lineTo(x, y) { this.move(this.d ? 'L' : 'M', x, y); }

  arc(x, y, r, from, to) {
    const turn = Math.min(to - from, FULL_TURN), point = (angle) => [x + r * Math.cos(angle), y + r * Math.sin(angle)];
    this.lineTo(...point(from));
    for (const angle of [from + turn / 2, from + turn]) {
      this.d += `A${short(r)} ${short(r)} 0 0 1 `;
      this.move('', ...point(angle));
    }
  }

  /** A corner at x, y towards nx, ny, rounded. */
  arcTo(x, y, nx, ny, r) {
    const [bx, by] = this.at, back = Math.hypot(bx - x, by - y), on = Math.hypot(nx - x, ny - y), reach = Math.min(r, back, on);
    if (!reach) { this.lineTo(x, y); return; }
    this.lineTo(x + ((bx - x) * reach) / back, y + ((by - y) * reach) / back);
    this.d += `Q${short(x)} ${short(y)} `;
    this.move('', x + ((nx - x) * reach) / on, y + ((ny - y) * reach) / on);
  }

  roundRect(x, y, width, height, radii) {
    const [a, b, c, e] = (Array.isArray(radii) ? radii : [radii, radii, radii, radii]).map((r) => Math.min(r, width / 2, height / 2));
    this.moveTo(x + a, y);
    for (const [cx, cy, nx, ny, r] of [[x + width, y, x + width, y + height, b], [x + width, y + height, x, y + height, c], [x, y + height, x, y, e], [x, y, x + width, y, a]]) this.arcTo(cx, cy, nx, ny, r);
    this.closePath();
  }

  fill() { this.parts.push(`<path d="${this.d}" ${painted('fill', this.fillStyle, this.globalAlpha)}/>`); }
  stroke() { this.parts.push(`<path d="${this.d}" fill="none" ${this.stroked()}/>`); }

  stroked() {
    const dashes = this.dashes.length ? ` stroke-dasharray="${this.dashes.join(' ')}"` : '';
    return `${painted('stroke', this.strokeStyle, this.globalAlpha)} stroke-width="${short(this.lineWidth)}"${dashes}`;
  }

  box(x, y, width, height) { return `<rect x="${short(x)}" y="${short(y)}" width="${short(Math.max(width, 0))}" height="${short(Math.max(height, 0))}"`; }
  fillRect(x, y, width, height) { this.parts.push(`${this.box(x, y, width, height)} ${painted('fill', this.fillStyle, this.globalAlpha)}/>`); }
  strokeRect(x, y, width, height) { this.parts.push(`${this.box(x, y, width, height)} fill="none" ${this.stroked()}/>`); }
  clearRect() {} // a new sheet is clear
  scale() {} // whoever takes the text says how large it is shown
  setLineDash(dashes) { this.dashes = dashes; }

  fillText(text, x, y) {
    const anchor = { center: ' text-anchor="middle"', right: ' text-anchor="end"' }[this.textAlign] ?? '';
    this.parts.push(`<text x="${short(x)}" y="${short(y)}"${anchor} ${lettered(this.font)} ${painted('fill', this.fillStyle, this.globalAlpha)}>${escaped(text)}</text>`);
  }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  save() { this.kept.push(this.clips); }

  clip() {
    const id = this.define((name) => `<clipPath id="${name}"><path d="${this.d}"/></clipPath>`);
    this.parts.push(`<g clip-path="url(#${id})">`);
    this.clips += 1;
  }

  /** Undo the clip and what is set of a pen by those who save: how far it covers. */
  restore() {
    for (const before = this.kept.pop(); this.clips > before; this.clips--) this.parts.push('</g>');
    this.globalAlpha = 1;
  }

  define(written) {
    const name = `${this.prefix}-${this.definitions.length}`;
    this.definitions.push(written(name));
    return name;
  }

  /** Stripes as drawing.js has them, in lines. */
  stripes(ground, ink, angle) {
    const apart = angle === 90 ? 8 : 8 / Math.SQRT2, turn = { 90: 0, 45: -45 }[angle] ?? 45;
    return this.pattern(apart, `rotate(${turn})`, `<rect width="${short(apart)}" height="${short(apart)}" ${painted('fill', ground)}/><rect width="3" height="${short(apart)}" ${painted('fill', ink)}/>`);
  }

  pattern(side, transform, inside) {
    const id = this.define((name) => `<pattern id="${name}" width="${short(side)}" height="${short(side)}" patternUnits="userSpaceOnUse" patternTransform="${transform}">${inside}</pattern>`);
    return `url(#${id})`;
  }
}

/** A font as attributes: `700 12px system-ui, sans-serif`. */
function lettered(font) {
  const [, weight, size, family] = /^(?:(\w+) )?([\d.]+)px (.+)$/.exec(font) ?? [null, '400', '12', 'sans-serif'];
  return `font-family="${escaped(family)}" font-size="${size}"${weight && weight !== '400' ? ` font-weight="${weight}"` : ''}`;
}
