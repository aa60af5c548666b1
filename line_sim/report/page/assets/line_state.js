// What the line looked like at a moment, from the records alone: nothing here is guessed or smoothed.

const STAYS = 0, FIRST_WAY = 2; // how a visit ended, as journeys.py has it
const MOST_SEEN = 400; // parts in front of a place that are told one by one

/** The index of the first of ordered numbers above a value. */
const firstAbove = (ordered, value) => lastUpTo(ordered, value) + 1;

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);

class LineRecords {
  constructor(spec, gantt, lanes) {
    this.spec = spec;
    this.begin = gantt.begin;
    this.end = gantt.end;
    let row = 0;
    this.passings = spec.ways.map(() => []);
    this.places = spec.places.map((place, index) => {
      const machines = Array.from({ length: place.units }, () => machineOf(lanes[row], spec.visits[row], spec.never_repaired.includes(row++)));
      for (const machine of machines) this.passed(machine);
      return { ...place, index, machines, front: frontOf(place, machines), calls: callsOf(machines) };
    });
    this.passings = this.passings.map(sorted);
    this.readParts(spec.parts);
  }

  passed({ left, way }) {
    way.forEach((code, i) => {
      if (code >= FIRST_WAY) this.passings[code - FIRST_WAY].push(left[i]);
    });
  }

  readParts(packed) {
    const [items, came, flags] = unpack(packed, 3);
    const numbers = summed(items.map(unfold));
    this.came = summed(came);
    this.entered = sorted(this.came.map((at, i) => at + Math.floor(flags[i] / 4)));
    this.lost = this.came.filter((_, i) => flags[i] & 2);
    this.bad = new Set(numbers.filter((_, i) => flags[i] & 1));
  }

  /** Every moment at which something happens, each kind in order. */
  *moments() {
    yield this.came;
    for (const { front, machines, calls } of this.places) {
      yield front.queued;
      yield calls.returned;
      for (const { start, done, left, asked, outages, off } of machines) yield* [start, done, left, asked.issued, outages.failed, outages.repaired, off.failed, off.repaired];
    }
  }

  /** The next moment at which something happens (by = 1), or the one before (by = -1), within the stretch. */
  next(time, by) {
    let found = by > 0 ? this.end : this.begin;
    for (const ordered of this.moments()) {
      const at = by > 0 ? ordered[firstAbove(ordered, time)] : ordered[lastUpTo(ordered, Math.ceil(time) - 1)];
      if (at !== undefined) found = by > 0 ? Math.min(found, at) : Math.max(found, at);
    }
    return clamp(found, this.begin, this.end);
  }

  at(time) {
    const { before, ways } = this.spec;
    const gone = (end) => this.passings.reduce((sum, moments, way) => sum + (ways[way][1] === end ? firstAbove(moments, time) : 0), before[end]);
    return {
      time,
      places: this.places.map((place) => placeAt(place, time)),
      passings: [this.entered, ...this.passings].map((moments) => moments[lastUpTo(moments, time)] ?? -Infinity),
      came: before.came + firstAbove(this.came, time),
      lost: before.lost + firstAbove(this.lost, time),
      outside: firstAbove(this.came, time) - firstAbove(this.entered, time),
      shipped: gone('shipped'),
      scrapped: gone('scrapped'),
    };
  }
}

function machineOf(lane, packed, neverRepaired) {
  const repaired = lane.outages.failed.map((at, i) => at + lane.outages.down[i]);
  if (neverRepaired) repaired[repaired.length - 1] = Infinity;
  const [waited, way] = unpack(packed, 2);
  const { item, start, done, left, open } = lane.visits;
  const outages = together({ failed: lane.outages.failed, repaired }, { failed: [], repaired: [] }); // repairs may overlap
  const off = { failed: lane.off.from, repaired: lane.off.from.map((at, i) => at + lane.off.long[i]) };
  return {
    name: lane.name,
    item,
    start,
    way,
    queued: start.map((at, i) => at - waited[i]),
    done: done.map((at, i) => (open[i] ? Infinity : at)),
    left: left.map((at, i) => (way[i] === STAYS ? Infinity : at)),
    asked: lane.asked,
    outages,
    off,
    still: together(outages, off),
  };
}

/** The stretches of both kinds in order, those that meet made one. */
function together(one, other) {
  const failed = [], repaired = [], all = [one, other].flatMap((kind) => kind.failed.map((from, i) => [from, kind.repaired[i]]));
  for (const [from, to] of all.sort((a, b) => a[0] - b[0])) {
    if (failed.length && from <= repaired[repaired.length - 1]) repaired[repaired.length - 1] = Math.max(repaired[repaired.length - 1], to);
    else {
      failed.push(from);
      repaired.push(to);
    }
  }
  return { failed, repaired };
}

/** Which of some stretches is on at a moment; -1 where none is. */
function lasts({ failed, repaired }, time) {
  const i = lastUpTo(failed, time);
  return i >= 0 && time < repaired[i] ? i : -1;
}

/** Whether a place is the end of a gate's belt: a part that waits there for its answer is still on the belt. */
const isGate = (place) => place.kind === 'gate';

/** Who stood in front of a place, in the order in which they came: since when, and when a machine took them. */
function frontOf(place, machines) {
  const [items, queues] = unpack(place.waiting, 2);
  const since = summed(queues), rows = summed(items.map(unfold)).map((item, i) => [item, since[i], Infinity]);
  for (const { item, queued, start, left } of machines) (isGate(place) ? left : start).forEach((at, i) => rows.push([item[i], queued[i], at]));
  rows.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
  const [item, queued, start] = [0, 1, 2].map((column) => rows.map((row) => row[column]));
  let latest = -Infinity;
  const front = { item, queued, start, latest: start.map((at) => (latest = Math.max(latest, at))), taken: sorted(start) };
  if (place.belt) {
    const [on, waits] = unpack(place.belt.gone, 2);
    const before = summed(on);
    front.first = before.length;
    front.ride = new Ride(place.belt, place.room, [...before, ...queued], [...before.map((at, i) => at + waits[i]), ...start]);
  }
  return front;
}

function callsOf(machines) {
  const all = machines.flatMap(({ name, asked }) => asked.issued.map((issued, i) => ({
    machine: name, issued, returned: issued + asked.latency[i], item: asked.item[i], outcome: asked.outcome[i], label: asked.label[i], score: asked.score[i],
  })));
  all.sort((a, b) => a.returned - b.returned);
  return { all, issued: sorted(all.map((call) => call.issued)), returned: all.map((call) => call.returned) };
}

function placeAt(place, time) {
  const { calls, front } = place;
  const waiting = firstAbove(front.queued, time) - firstAbove(front.taken, time);
  return {
    place,
    waiting,
    front: waiting > 0 ? frontAt(front, time, waiting) : [],
    stands: front.ride ? front.ride.stands(time) : false,
    machines: place.machines.map((machine) => machineAt(machine, time, isGate(place))),
    calling: firstAbove(calls.issued, time) - firstAbove(calls.returned, time),
    told: calls.all[lastUpTo(calls.returned, time)] ?? null,
  };
}

/** The parts in front, the next one first; on a belt with the places that they have passed. */
function frontAt({ item, queued, start, latest, ride, first }, time, waiting) {
  const seen = [];
  for (let i = firstAbove(latest, time); i < queued.length && queued[i] <= time && seen.length < Math.min(waiting, MOST_SEEN); i++) {
    if (start[i] > time) seen.push({ item: item[i], since: queued[i], next: start[i], passed: ride ? ride.passed(i + first, time) : null });
  }
  return ride ? seen : seen.sort((a, b) => a.next - b.next || a.since - b.since);
}

/** A machine: its state in the words of the Gantt chart, the part on it, how far the work is (null: not known).
 *  A gate does no work: until a part may go on it waits there. */
function machineAt({ item, start, done, left, asked, outages, off, still, name }, time, gate) {
  const i = lastUpTo(start, time), on = i >= 0 && time < left[i], finished = on && time >= done[i];
  const call = callAt(asked, time, on && !finished ? item[i] : null);
  const outage = lasts(outages, time), rest = lasts(off, time); // off wins over all, down over the others
  return {
    name,
    state: rest >= 0 ? 'off' : outage >= 0 ? 'down' : !on ? 'starved' : finished ? 'blocked' : call || gate ? 'waiting' : 'working',
    item: on ? item[i] : null,
    blocked: finished,
    since: rest >= 0 ? off.failed[rest] : outage >= 0 ? outages.failed[outage] : finished ? done[i] : call ? call.issued : on ? start[i] : null,
    work: on && !finished && done[i] < Infinity ? worked(still, start[i], time) / Math.max(worked(still, start[i], done[i]), 1) : null,
    call,
  };
}

function callAt({ item, issued, latency }, time, wanted) {
  const i = lastUpTo(issued, time);
  return i >= 0 && time < issued[i] + latency[i] && item[i] === wanted ? { item: item[i], issued: issued[i] } : null;
}

/** How long of a stretch a machine did not stand still: it was neither down nor off. */
function worked({ failed, repaired }, from, to) {
  let time = to - from;
  for (let i = Math.max(lastUpTo(failed, from), 0); i < failed.length && failed[i] < to; i++) {
    time -= Math.max(Math.min(repaired[i], to) - Math.max(failed[i], from), 0);
  }
  return time;
}
