// The strokes of the line's picture on its canvas: ways, queues and belts, machines, parts.

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const GLOWS = 0.45; // seconds of watching for which a way shows that a part has passed it

const letters = (size, weight = 400) => `${weight} ${size}px ${FONT}`;

/** The colours and stripes of now, which are those of the Gantt chart. */
function inksOf(pen) {
  const names = ['paper', 'ground', 'rule', 'soft', 'ink', 'accent', 'late', 'good', 'bad', 'working', 'starved'];
  const inks = Object.fromEntries(names.map((name) => [name, colour(name)]));
  for (const state of Object.keys(states)) inks[`${state}-ink`] = colour(`${state}-ink`);
  inks.plain = Object.fromEntries(Object.keys(states).map((state) => [state, colour(state)]));
  return { ...inks, waiting: stripes(pen, 'waiting', 135), blocked: stripes(pen, 'blocked', 90), down: stripes(pen, 'down', 45), off: stripes(pen, 'off', 135) };
}

class LinePicture {
  constructor(pen, plan, inks, gantt) {
    Object.assign(this, { pen, plan, inks, gantt, seen: [] });
  }

  /** Draw a state of the line; `glow` is how long (us) a way shows that it was just taken. */
  draw(state, glow, bad) {
    Object.assign(this, { bad, glow, seen: [] });
    this.pen.clearRect(0, 0, this.plan.width, this.plan.height);
    for (const way of this.plan.ways) this.way(way, clamp(1 - (state.time - state.passings[way.index]) / glow, 0, 1));
    state.places.forEach((place, index) => this.place(place, this.plan.boxes[index], state.time));
    this.source(state, this.plan.ends.source);
    this.bin(this.plan.ends.shipped, 'shipped', state.shipped, this.inks.good);
    if (this.plan.ends.scrapped) this.bin(this.plan.ends.scrapped, 'scrapped', state.scrapped, this.inks.bad);
  }

  round(x, y, width, height, radius) {
    this.pen.beginPath();
    this.pen.roundRect(x, y, width, height, radius);
  }

  text(text, x, y, { font = letters(12), ink = this.inks.ink, align = 'left', most = Infinity } = {}) {
    const { pen } = this;
    pen.font = font;
    pen.fillStyle = ink;
    pen.textAlign = align;
    let shown = text;
    while (shown.length > 1 && pen.measureText(shown).width > most) shown = `${shown.slice(0, -2)}…`;
    pen.fillText(shown, x, y);
  }

  /** The box of a station, a little above the ground. */
  card(x, y, width, height) {
    const { pen } = this;
    this.round(x, y, width, height, 9);
    Object.assign(pen, { shadowColor: 'rgba(0, 0, 0, .16)', shadowBlur: 7, shadowOffsetY: 2 });
    pen.fillStyle = this.inks.paper;
    pen.fill();
    Object.assign(pen, { shadowColor: 'transparent', shadowBlur: 0, shadowOffsetY: 0 });
    this.outline(this.inks.paper, this.inks.soft);
  }

  way({ points, lane, to }, lit) {
    const { pen, inks } = this, aside = lane !== 'ship' || to === 'scrapped';
    const path = (width, ink) => {
      pen.lineWidth = width;
      pen.strokeStyle = ink;
      pen.beginPath();
      points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : i < points.length - 1 ? pen.arcTo(x, y, ...points[i + 1], 5) : pen.lineTo(x, y)));
      pen.stroke();
      this.arrow(points, ink, width);
    };
    pen.setLineDash(aside ? [5, 4] : []);
    path(1.6, inks.soft);
    pen.setLineDash([]);
    if (lit > 0) {
      pen.globalAlpha = lit;
      path(3.4, aside ? inks.late : inks.accent);
      pen.globalAlpha = 1;
    }
    pen.lineWidth = 1;
  }

  arrow(points, ink, width) {
    const { pen } = this, [[ax, ay], [bx, by]] = points.slice(-2), angle = Math.atan2(by - ay, bx - ax), side = 4 + width;
    pen.setLineDash([]);
    pen.fillStyle = ink;
    pen.beginPath();
    pen.moveTo(bx, by);
    for (const turn of [2.6, -2.6]) pen.lineTo(bx + side * Math.cos(angle + turn), by + side * Math.sin(angle + turn));
    pen.fill();
  }

  source({ came, outside, lost }, box) {
    const { inks } = this;
    this.round(box.x + 1, box.axis - 22, box.width - 2, 44, 22);
    this.outline(inks.paper, inks.soft);
    this.text(digits(came, 0), box.x + box.width / 2, box.axis - 1, { font: letters(15, 650), align: 'center' });
    this.text('came', box.x + box.width / 2, box.axis + 13, { font: letters(11), ink: inks.soft, align: 'center' });
    const extra = [outside ? `${digits(outside, 0)} outside` : '', lost ? `${digits(lost, 0)} lost` : ''].filter(Boolean).join(', ');
    this.pen.fillStyle = inks.ground;
    if (extra) this.pen.fillRect(box.x, box.axis + 26, box.width, 15);
    this.text(extra, box.x + box.width / 2, box.axis + 37, { font: letters(11, outside ? 650 : 400), ink: lost ? inks.bad : inks.soft, align: 'center', most: box.width + ARROW });
  }

  bin(box, word, count, ink) {
    const { pen } = this, x = box.x + 1, y = box.axis - 22, width = box.width - 2;
    this.round(x, y, width, 44, [2, 2, 10, 10]);
    this.outline(this.inks.paper, ink, 2);
    pen.fillStyle = ink;
    pen.fillRect(x, y, width, 4);
    this.text(digits(count, 0), x + width / 2, box.axis + 3, { font: letters(15, 650), align: 'center' });
    this.text(word, x + width / 2, box.axis + 16, { font: letters(11), ink: this.inks.soft, align: 'center' });
  }

  outline(fill, ink, width = 1) {
    const { pen } = this;
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.stroke();
    pen.lineWidth = 1;
  }

  place(state, box, time) {
    const { place } = state;
    if (place.room) this.front(state, box, time);
    const top = box.axis - box.above + box.head, height = box.above - box.head + box.below;
    if (place.kind === 'inspection') this.cloud(state, box, top, time);
    this.card(box.x, top, box.width, height);
    this.text(place.name, box.x + box.width / 2, top + 16, { font: letters(12.5, 650), align: 'center', most: box.width - 12 });
    if (place.units > MOST_TILES) this.summedUp(state, box);
    else state.machines.forEach((machine, i) => this.machine(state, machine, this.tile(box, i), time));
    if (place.kind === 'inspection' && state.told) this.answer(state.told, box, top + height - 8);
  }

  tile(box, i) {
    const row = Math.floor(i / box.columns), wide = box.columns * (TILE + SPACE) - SPACE;
    return { x: box.x + (box.width - wide) / 2 + (i % box.columns) * (TILE + SPACE), y: box.axis - box.tall / 2 + row * (TILE_TALL + SPACE) };
  }

  /** A machine: its state as colour, stripes and letter, the part on it, and how far its work or its wait is. */
  machine({ place }, machine, { x, y }, time) {
    const { pen, inks } = this, { state, item } = machine, ink = inks[`${state}-ink`];
    this.round(x, y, TILE, TILE_TALL, 6);
    this.outline(inks[state], inks.plain[state]);
    this.text(states[state][0], x + TILE - 4, y + 11.5, { font: letters(10, 700), ink, align: 'right' });
    if (item !== null && !isGate(place)) this.part(item, x + TILE / 2 - 2, y + 18, 22); // at a gate it is on the belt
    const share = machine.call ? (place.deadline ? (time - machine.call.issued) / place.deadline : null) : machine.work;
    if (share !== null && item !== null) {
      pen.fillStyle = inks.paper;
      pen.fillRect(x + 5, y + TILE_TALL - 9, TILE - 10, 5);
      pen.fillStyle = inks.ink;
      pen.fillRect(x + 5, y + TILE_TALL - 9, (TILE - 10) * clamp(share, 0, 1), 5);
    } else if (machine.blocked) this.barred(x + TILE - 7, y + 9, TILE_TALL - 14, ink);
    this.seen.push({ x, y, width: TILE, height: TILE_TALL, words: () => machineWords(place, machine, time) });
  }

  /** What stands in the way of a part that is finished. */
  barred(x, y, height, ink) {
    this.pen.fillStyle = ink;
    this.pen.fillRect(x, y + 6, 3, height - 6);
  }

  /** More machines than can be drawn: how many are in which state. */
  summedUp({ place, machines }, box) {
    const counts = countedStates(machines), width = box.width - 2 * PAD, { inks } = this;
    let x = box.x + PAD;
    for (const [state, count] of counts) {
      const part = (width * count) / machines.length;
      this.pen.fillStyle = inks[state];
      this.pen.fillRect(x, box.axis - 16, part, 18);
      x += part;
    }
    const told = counts.map(([state, count]) => `${count}${states[state][0]}`).join(' ');
    this.text(`${place.units} machines: ${told}`, box.x + box.width / 2, box.axis + 17, { font: letters(11), align: 'center', most: width });
    const words = `${place.name}: ${counts.map(([state, count]) => `${count} ${stateWord(state)}`).join(', ')}`;
    this.seen.push({ x: box.x, y: box.axis - 18, width: box.width, height: 38, words: () => words });
  }

  /** The server above an inspection: how many calls are out there. */
  cloud({ calling }, box, top) {
    const { pen, inks } = this, width = Math.min(108, box.width - 16), x = box.x + (box.width - width) / 2;
    pen.strokeStyle = calling ? inks.ink : inks.soft;
    pen.lineWidth = calling ? 2 : 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(box.x + box.width / 2, top - CLOUD + 22);
    pen.lineTo(box.x + box.width / 2, top);
    pen.stroke();
    pen.setLineDash([]);
    this.round(x, top - CLOUD + 1, width, 22, 11);
    this.outline(calling ? inks.plain.waiting : inks.paper, inks.soft);
    const told = calling ? counted(calling, 'calls out') : 'no call out';
    this.text(told, box.x + box.width / 2, top - CLOUD + 16, { font: letters(11.5, calling ? 650 : 400), ink: calling ? inks['waiting-ink'] : inks.soft, align: 'center', most: width - 10 });
  }

  answer(call, box, y) {
    const usable = call.outcome === 0;
    this.text(`${usable ? '' : '× '}${answerWords(call, this.gantt)}`, box.x + box.width / 2, y, { font: letters(11, usable ? 400 : 650), ink: usable ? this.inks.soft : this.inks.late, align: 'center', most: box.width - 10 });
  }

  front(state, box, time) {
    const { place, waiting, stands } = state, { inks } = this, full = waiting >= place.room;
    if (place.belt) this.belt(state, box, time);
    else this.places(state, box, time);
    const count = `${digits(waiting, 0)}/${digits(place.room, 0)}`;
    const told = place.belt ? `${count} on the belt${stands ? ', stands' : ''}` : full ? `${count} full` : count;
    this.text(told, box.queueX + box.queue / 2, box.axis + QUEUE_TALL / 2 + 14, { font: letters(11, full || stands ? 650 : 400), ink: full || stands ? inks.plain.blocked : inks.soft, align: 'center', most: box.queue + 8 });
  }

  places(state, box, time) {
    const { place, front, waiting } = state, { pen, inks } = this;
    if (!box.slots) {
      this.tank(waiting / place.room, box);
      return;
    }
    const slots = slotsOf(box, place.room);
    pen.globalAlpha = 0.55;
    for (const { x, y, size } of slots) {
      this.round(x - size / 2 + 1, y - size / 2 + 1, size - 2, size - 2, size > 10 ? 4 : 1);
      this.outline(inks.paper, inks.soft);
    }
    pen.globalAlpha = 1;
    front.slice(0, slots.length).forEach((part, i) => {
      const { x, y, size } = slots[i];
      this.part(part.item, x, y, size - 2);
      this.seen.push({ x: x - size / 2, y: y - size / 2, width: size, height: size, words: () => waitingWords(state, part, i, time, this.bad.has(part.item)) });
    });
  }

  /** So many places that only their share can be shown. */
  tank(share, box) {
    const { pen, inks } = this, top = box.axis - QUEUE_TALL / 2 + 8, height = QUEUE_TALL - 16;
    this.round(box.queueX, top, box.queue, height, 4);
    this.outline(inks.ground, inks.soft);
    pen.fillStyle = inks.accent;
    pen.fillRect(box.queueX + box.queue * (1 - clamp(share, 0, 1)) + 1, top + 1, Math.max(box.queue * clamp(share, 0, 1) - 2, 0), height - 2);
  }

  belt(state, box, time) {
    const { place, front } = state, { inks } = this, tall = 26, top = box.axis - tall / 2;
    this.round(box.queueX, top, box.queue, tall, tall / 2);
    this.outline(inks.starved, inks.soft, 1.5);
    this.tread(place, box, time);
    const size = clamp((box.queue - 6) / (place.room + 1), 4, 22), from = box.queueX + 3 + size / 2, way = box.queue - 6 - size;
    front.slice().reverse().forEach((part, i) => {
      const x = from + (way * part.passed) / place.room;
      this.part(part.item, x, box.axis, size);
      this.seen.push({ x: x - size / 2, y: box.axis - size / 2, width: size, height: size, words: () => waitingWords(state, part, front.length - 1 - i, time, this.bad.has(part.item)) });
    });
  }

  /** Marks on the belt that move as it runs; where they would only flicker they are left where they are. */
  tread({ room, belt, front }, box, time) {
    const { pen, inks } = this, marks = clamp(room, 3, 24), apart = box.queue / marks;
    const ran = front.ride.ran(time), flickers = this.glow > (GLOWS * 15 * belt.travel) / marks;
    const offset = flickers ? 0 : ((ran * marks) / belt.travel) % 1;
    pen.save();
    this.round(box.queueX, box.axis - 13, box.queue, 26, 13);
    pen.clip();
    pen.strokeStyle = inks.soft;
    pen.globalAlpha = 0.4;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (let mark = -1; mark <= marks; mark++) {
      const x = box.queueX + (mark + offset) * apart;
      pen.moveTo(x - 3, box.axis - 13);
      pen.lineTo(x + 3, box.axis);
      pen.lineTo(x - 3, box.axis + 13);
    }
    pen.stroke();
    pen.restore();
  }

  /** A part: round where it is truly good, a diamond where it is defective, with its number where there is room. */
  part(item, x, y, size) {
    const { pen, inks } = this, bad = this.bad.has(item), half = size / 2;
    pen.beginPath();
    if (bad) {
      for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) pen.lineTo(x + dx * half * 1.12, y + dy * half * 1.12);
      pen.closePath();
    } else pen.arc(x, y, half - 0.5, 0, 2 * Math.PI);
    this.outline(bad ? inks.bad : inks.ink, inks.paper);
    const text = String(item), tall = Math.min((size - 3) / (0.65 * text.length), size / 2, 11);
    if (tall >= 7) this.text(text, x, y + tall * 0.36, { font: letters(tall, 650), ink: inks.paper, align: 'center' });
  }
}
