// Save a chart: what it looks like in the light becomes one SVG that needs nothing else, or a PNG of it.

const canvases = new WeakMap(); // of each canvas how it is drawn with another pen: (pen) => scale of what was drawn
const MARGIN_SAVED = 16, HEAD_SAVED = 34, HEAD_LINE = 20, SHARPLY = 2;
const STYLES_SAVED = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'opacity', 'vector-effect', 'text-anchor', 'font-family', 'font-size', 'font-weight'];
const PLAIN_STYLES = { 'fill-opacity': '1', 'stroke-opacity': '1', 'stroke-dasharray': 'none', 'stroke-linejoin': 'miter', opacity: '1', 'vector-effect': 'none', 'text-anchor': 'start', stroke: 'none', 'font-weight': '400' };

/** Write what stands in an element as SVG, in light colours, with its title above. */
function svgOf(element, title) {
  const before = [...page.classList];
  page.classList.add('printing', 'saving');
  try {
    const box = element.getBoundingClientRect(), pen = new SvgPen('s'), wide = Math.max(box.width, element.scrollWidth);
    const heads = headed(title, wide, pen), top = MARGIN_SAVED + HEAD_SAVED + (heads.length - 1) * HEAD_LINE;
    const width = Math.ceil(wide + 2 * MARGIN_SAVED), height = Math.ceil(top + box.height + MARGIN_SAVED);
    const origin = { x: box.left - MARGIN_SAVED, y: box.top - top };
    for (const child of element.childNodes) written(child, origin, pen);
    const head = `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#fff"/>`;
    return { width, height, text: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">${head}${pen.text}</svg>` };
  } finally {
    page.className = before.join(' ');
  }
}

/** Write the title above, in as many lines as it needs, and return them. */
function headed(title, wide, pen) {
  Object.assign(pen, { font: `600 16px ${getComputedStyle(document.body).fontFamily}`, fillStyle: colour('ink') });
  const lines = [''];
  for (const word of title.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) && pen.measureText(longer).width > wide) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  lines.forEach((line, i) => pen.fillText(line, MARGIN_SAVED, MARGIN_SAVED + 16 + i * HEAD_LINE));
  return lines;
}

/** Write a node and all that is in it. */
function written(node, origin, pen) {
  if (node.nodeType === Node.TEXT_NODE) { letters_of(node, origin, pen); return; }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const style = getComputedStyle(node);
  if (style.display === 'none' || style.visibility === 'hidden') return;
  const box = node.getBoundingClientRect(), place = { x: box.left - origin.x, y: box.top - origin.y, width: box.width, height: box.height };
  const alpha = Number(style.opacity);
  if (alpha < 1) pen.parts.push(`<g opacity="${alpha}">`);
  if (node instanceof SVGSVGElement) pen.parts.push(copied(node, place));
  else if (node instanceof HTMLCanvasElement) pen.parts.push(drawn_again(node, place, pen));
  else {
    if (node.classList.contains('token-bad')) diamond(style, place, pen);
    else boxed(style, place, pen);
    if (node.classList.contains('whisker')) capped(style, place, pen);
    for (const child of node.childNodes) written(child, origin, pen);
  }
  if (alpha < 1) pen.parts.push('</g>');
}

/** The ground of an element and its borders. */
function boxed(style, { x, y, width, height }, pen) {
  const round = Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2), corner = round ? ` rx="${round}"` : '';
  const grounds = [style.backgroundColor, striped(style.backgroundImage, x, y, pen)].filter((one) => one && paintOf(one)[1] > 0);
  for (const ground of grounds) if (width && height) pen.parts.push(`${pen.box(x, y, width, height)}${corner} ${painted('fill', ground)}/>`);
  const edge = parseFloat(style.borderTopWidth);
  if (round && edge && style.borderTopColor === style.borderBottomColor && style.borderTopStyle === 'solid' && style.borderBottomWidth === style.borderTopWidth) {
    pen.parts.push(`${pen.box(x + edge / 2, y + edge / 2, width - edge, height - edge)}${corner} fill="none" ${painted('stroke', style.borderTopColor)} stroke-width="${edge}"/>`);
    return;
  }
  const sides = { Top: [0, 0, 1, 0], Right: [1, 0, 1, 1], Bottom: [0, 1, 1, 1], Left: [0, 0, 0, 1] };
  for (const [side, [ax, ay, bx, by]] of Object.entries(sides)) {
    const thick = parseFloat(style[`border${side}Width`]), kind = style[`border${side}Style`];
    if (!thick || kind === 'none') continue;
    const inward = { Top: [0, thick / 2], Bottom: [0, -thick / 2], Left: [thick / 2, 0], Right: [-thick / 2, 0] }[side];
    Object.assign(pen, { strokeStyle: style[`border${side}Color`], lineWidth: thick, dashes: kind === 'dashed' ? [3 * thick, 2 * thick] : kind === 'dotted' ? [thick, thick] : [] });
    pen.beginPath();
    pen.moveTo(x + ax * width + inward[0], y + ay * height + inward[1]);
    pen.lineTo(x + bx * width + inward[0], y + by * height + inward[1]);
    pen.stroke();
  }
  pen.dashes = [];
}

/** A square that stands on its corner. */
function diamond(style, { x, y, width, height }, pen) {
  pen.parts.push(`<path d="M${short(x + width / 2)} ${short(y)}l${short(width / 2)} ${short(height / 2)}l${short(-width / 2)} ${short(height / 2)}l${short(-width / 2)} ${short(-height / 2)}z" ${painted('fill', style.backgroundColor)}/>`);
}

/** The ends of an interval, which the page draws before and after it. */
function capped(style, { x, y, width, height }, pen) {
  pen.fillStyle = style.backgroundColor;
  for (const at of [x, x + width - 2]) pen.fillRect(at, y + height / 2 - 6, 2, 12);
}

/** The stripes of a state as a pattern; nothing where there are none. */
function striped(image, x, y, pen) {
  const found = /^repeating-linear-gradient\((-?[\d.]+)deg,(.*)\)$/.exec(image);
  if (!found) return null;
  const stops = [...found[2].matchAll(/((?:rgba?|color)\([^)]*\)|transparent)((?:\s+-?[\d.]+px)*)/g)];
  const ends = stops.flatMap(([, ink, places]) => places.trim().split(/\s+/).map((at) => [ink, parseFloat(at) || 0]));
  const side = ends.at(-1)[1];
  const bands = ends.slice(1).map(([ink, to], i) => [ink, ends[i][1], to, ends[i][0]]).filter(([ink, from, to, was]) => to > from && ink === was);
  const inside = bands.map(([ink, from, to]) => `<rect x="${from}" width="${to - from}" height="${side}" ${painted('fill', ink)}/>`).join('');
  return pen.pattern(side, `translate(${short(x)} ${short(y)}) rotate(${Number(found[1]) - 90})`, inside);
}

/** The words of a text where they stand, line by line. */
function letters_of(node, origin, pen) {
  const style = getComputedStyle(node.parentElement), range = document.createRange();
  const lines = [];
  for (const word of node.data.matchAll(/\S+/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const box = range.getClientRects()[0];
    if (!box || !box.width) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.top - box.top) < 2) line.words.push(word[0]);
    else lines.push({ top: box.top, left: box.left, words: [word[0]] });
  }
  Object.assign(pen, { font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`, fillStyle: style.color, textAlign: 'left', globalAlpha: 1 });
  for (const { top, left, words } of lines) pen.fillText(words.join(' '), left - origin.x, top - origin.y + pen.measureText('x').fontBoundingBoxAscent);
}

/** A drawing with every style written into it, and nothing that only the page needs. */
function copied(drawing, { x, y, width, height }) {
  const copy = drawing.cloneNode(true), originals = [drawing, ...drawing.querySelectorAll('*')], copies = [copy, ...copy.querySelectorAll('*')];
  const unseen = [];
  copies.forEach((one, i) => {
    const style = getComputedStyle(originals[i]);
    if (style.display === 'none' || style.visibility === 'hidden' || originals[i].matches('.catch')) unseen.push(one);
    for (const name of [...one.getAttributeNames()]) if (/^(class|style|role|aria-|tabindex|data-)/.test(name)) one.removeAttribute(name);
    if (!originals[i].matches('svg, g, a, title')) inlined(one, style);
  });
  for (const one of unseen) one.remove();
  for (const link of copy.querySelectorAll('a')) link.replaceWith(...link.childNodes);
  for (const [name, value] of Object.entries({ x: short(x), y: short(y), width: short(width), height: short(height) })) copy.setAttribute(name, value);
  if (getComputedStyle(drawing).overflow === 'visible') copy.setAttribute('overflow', 'visible');
  return new XMLSerializer().serializeToString(copy);
}

function inlined(one, style) {
  for (const name of STYLES_SAVED) {
    const value = style.getPropertyValue(name);
    if (!value || value === PLAIN_STYLES[name] || (/^(font|text)/.test(name) && one.tagName !== 'text')) continue;
    const [ink, covers] = name === 'fill' || name === 'stroke' ? paintOf(value) : [value.replace(/px/g, ''), 1];
    one.setAttribute(name, name === 'font-family' ? value : ink);
    if (covers < 1) one.setAttribute(`${name}-opacity`, short(covers));
  }
}

/** What is on a canvas, drawn again in lines. */
function drawn_again(canvas, { x, y }, pen) {
  const own = new SvgPen(`c${pen.definitions.length}`), scale = canvases.get(canvas)?.(own) ?? 1;
  return `<g transform="translate(${short(x)} ${short(y)}) scale(${scale})">${own.text}</g>`;
}

const slug = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'chart';

/** Hand a file to the reader as a download. */
function handed(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function save(element, kind) {
  const title = element.dataset.save, { width, height, text } = svgOf(element, title);
  const name = `${slug(document.querySelector('h1').textContent)}-${slug(title)}.${kind}`;
  if (kind === 'svg') { handed(new Blob([text], { type: 'image/svg+xml' }), name); return; }
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const sheet = document.createElement('canvas'), scale = Math.min(SHARPLY, 16000 / Math.max(width, height));
  Object.assign(sheet, { width: Math.round(width * scale), height: Math.round(height * scale) });
  sheet.getContext('2d').drawImage(picture, 0, 0, sheet.width, sheet.height);
  sheet.toBlob((blob) => handed(blob, name), 'image/png');
}

/** Give every chart its two buttons. */
function offerSaving() {
  for (const element of document.querySelectorAll('[data-save]')) {
    const offer = document.createElement('div');
    offer.className = 'save';
    offer.append('Save as ');
    for (const kind of ['svg', 'png']) {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', textContent: kind.toUpperCase() });
      button.setAttribute('aria-label', `${kind.toUpperCase()}: save ${element.dataset.save}`);
      button.addEventListener('click', () => save(element, kind));
      offer.append(button);
    }
    element.append(offer);
  }
}
