// The strokes of the Gantt chart on its canvas.

/** Stripes in a state's colours, so that states are told apart without colour, too. */
function stripes(context, name, angle) {
  if (context.stripes) return context.stripes(colour(name), colour('stripe'), angle); // a pen that writes SVG
  const tile = document.createElement('canvas');
  tile.width = tile.height = 16;
  const pen = tile.getContext('2d');
  pen.fillStyle = colour(name);
  pen.fillRect(0, 0, 16, 16);
  pen.strokeStyle = colour('stripe');
  pen.lineWidth = 3;
  pen.beginPath();
  for (let at = -16; at <= 32; at += 8) {
    if (angle === 90) { pen.moveTo(at, 0); pen.lineTo(at, 16); }
    else if (angle === 45) { pen.moveTo(at, 0); pen.lineTo(at + 16, 16); }
    else { pen.moveTo(at, 16); pen.lineTo(at + 16, 0); }
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}

function drawGantt(gantt) {
  const width = gantt.field.clientWidth, scale = window.devicePixelRatio || 1;
  if (!width) return;
  const canvas = gantt.canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(gantt.height * scale);
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  paintGantt(gantt, pen, width);
}

/** Draw what the chart shows with a pen, as wide as that. */
function paintGantt(gantt, pen, width) {
  pen.clearRect(0, 0, width, gantt.height);
  pen.font = '12px system-ui, sans-serif';
  const ink = {
    paper: colour('paper'), rule: colour('rule'), soft: colour('soft'), ink: colour('ink'), accent: colour('accent'), late: colour('late'),
    working: colour('working'), letters: colour('working-ink'), starved: colour('starved'),
    waiting: stripes(pen, 'waiting', 135), blocked: stripes(pen, 'blocked', 90), down: stripes(pen, 'down', 45), off: stripes(pen, 'off', 135),
  };
  const place = (time) => ((time - gantt.at) / gantt.length) * width;
  drawAxis(gantt, pen, ink, place, width);
  gantt.lanes.forEach((lane, row) => drawLane(gantt, lane, row, pen, ink, place, width));
}

function drawAxis(gantt, pen, ink, place, width) {
  const bottom = gantt.lanes.length * LANE;
  pen.textAlign = 'center';
  for (const tick of timeTicks(gantt.at, gantt.at + gantt.length, Math.max(width / 110, 2), gantt.spec.end)) {
    const x = Math.round(place(tick)) + 0.5;
    pen.strokeStyle = ink.rule;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, bottom + 4);
    pen.stroke();
    pen.fillStyle = ink.soft;
    const text = gantt.spec.end < LONG_RUN && told.week === undefined ? `${digits(tick / 1e6, 6)} s` : moment(tick, gantt.spec.end), half = pen.measureText(text).width / 2 + 3;
    pen.fillText(text, clamp(x, half, width - half), bottom + 17);
  }
  pen.textAlign = 'left';
}

function drawLane(gantt, lane, row, pen, ink, place, width) {
  const top = row * LANE + LABEL, { visits, asked, outages, off } = lane;
  const end = gantt.at + gantt.length;
  pen.fillStyle = ink.starved;
  pen.fillRect(0, top, width, BAR);
  const paint = painter(pen, top, width);
  for (let i = firstSeen(visits, gantt.at); i < visits.start.length && visits.start[i] < end; i++) {
    paint(lane.gate ? ink.waiting : ink.working, place(visits.start[i]), place(visits.done[i]), ink.paper);
    if (visits.left[i] > visits.done[i]) paint(ink.blocked, place(visits.done[i]), place(visits.left[i]));
  }
  const answered = painter(pen, top, width);
  let crossed = -Infinity;
  // where parts ride on to a gate, calls are out together and hold nothing up: the gate's row shows the waiting
  for (let i = Math.max(firstOut(lane, gantt.at), 0); i < asked.issued.length && asked.issued[i] < end; i++) {
    const to = place(asked.issued[i] + asked.latency[i]), from = lane.rides ? to : place(asked.issued[i]);
    if (!lane.rides) answered(ink.waiting, from, to);
    if (asked.outcome[i] !== 0 && to > crossed + 2) {
      drawMissing(pen, ink, from, to, top);
      crossed = to;
    }
  }
  for (let i = Math.max(lastUpTo(outages.failed, gantt.at), 0); i < outages.failed.length && outages.failed[i] < end; i++) {
    painter(pen, top, width)(ink.down, place(outages.failed[i]), place(outages.failed[i] + outages.down[i]));
  }
  drawNumbers(gantt, lane, pen, ink, place, top, width);
  for (let i = Math.max(lastUpTo(off.from, gantt.at), 0); i < off.from.length && off.from[i] < end; i++) {
    painter(pen, top, width)(ink.off, place(off.from[i]), place(off.from[i] + off.long[i]));
  }
  drawName(gantt, lane, row, pen, ink, width);
}

/** The first call that may still be out at a moment: where parts ride on so many may be out together. */
const firstOut = ({ asked, rides }, time) => lastUpTo(asked.issued, time) - (rides ?? 0);

/** Fill bars from left to right; what falls on the same pixel as the one before is left out. */
function painter(pen, top, width) {
  let last = -1;
  return (fill, from, to, edge) => {
    if (to < 0 || from > width || to <= last) return;
    const left = Math.max(from, 0), right = Math.max(Math.min(to, width), left + 0.6);
    pen.fillStyle = fill;
    pen.fillRect(left, top, right - left, BAR);
    if (edge && to - from > 6 && from >= 0) {
      pen.fillStyle = edge;
      pen.fillRect(left, top, 1, BAR);
    }
    if (to - from < 1) last = Math.ceil(to);
  };
}

/** A frame and a cross; where bars are hairs, a stroke over the bar. */
function drawMissing(pen, ink, from, to, top) {
  if (to - from < 3) {
    pen.fillStyle = ink.late;
    pen.fillRect(to - 1, top - 4, 1.5, 4);
    return;
  }
  pen.strokeStyle = ink.late;
  pen.lineWidth = 2;
  if (to - from > 8) pen.strokeRect(from + 1, top + 1, to - from - 2, BAR - 2);
  const x = Math.max(from, to - 6);
  pen.beginPath();
  pen.moveTo(x - 4, top - 5);
  pen.lineTo(x + 4, top + 3);
  pen.moveTo(x + 4, top - 5);
  pen.lineTo(x - 4, top + 3);
  pen.stroke();
  pen.lineWidth = 1;
}

/** Parts' numbers where there is room: on plates over the stripes of calls, else on the bar itself. */
function drawNumbers(gantt, { visits, asked, gate, rides }, pen, ink, place, top, width) {
  const end = gantt.at + gantt.length, striped = gate || (asked.issued.length > 0 && !rides);
  for (let i = firstSeen(visits, gantt.at); i < visits.start.length && visits.start[i] < end; i++) {
    const from = place(visits.start[i]), to = place(visits.left[i]), seen = Math.min(to, width) - Math.max(from, 0);
    const text = seen > 14 ? String(visits.item[i]) : '', room = seen > 14 ? pen.measureText(text).width + 8 : Infinity;
    if (seen > room) {
      if (striped) {
        pen.fillStyle = ink.paper;
        pen.globalAlpha = 0.85;
        pen.fillRect(Math.max(from, 0) + 2, top + 4, room - 3, BAR - 8);
        pen.globalAlpha = 1;
      }
      pen.fillStyle = striped ? ink.ink : ink.letters;
      pen.fillText(text, Math.max(from, 0) + 4, top + 15.5);
    }
    if (gantt.part && gantt.lanes[gantt.part.lane].visits === visits && gantt.part.index === i) {
      pen.strokeStyle = ink.ink;
      pen.lineWidth = 2.5;
      pen.strokeRect(from, top - 1, Math.max(to - from, 2), BAR + 2);
      pen.lineWidth = 1;
    }
  }
}

function drawName(gantt, lane, row, pen, ink, width) {
  const chosen = row === gantt.lane && document.activeElement === gantt.field;
  pen.fillStyle = chosen ? ink.accent : ink.ink;
  pen.font = `${chosen ? 700 : 600} 12px system-ui, sans-serif`;
  let name = lane.name;
  while (name.length > 1 && pen.measureText(`${name}…`).width > width - 24) name = name.slice(0, -1);
  pen.fillText(`${chosen ? '▸ ' : ''}${name}${name === lane.name ? '' : '…'}`, 6, row * LANE + 13);
  pen.font = '12px system-ui, sans-serif';
}
