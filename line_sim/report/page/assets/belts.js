// Where the parts on a belt are: as docs/decisions/0020-belts.md has it, from when they stepped on and were taken.

class Ride {
  /** `on` and `taken` (us) are those of the parts in the order in which they stepped on; Infinity: not taken. */
  constructor(belt, places, on, taken) {
    this.belt = belt;
    this.places = places;
    this.on = on;
    this.taken = taken;
    const [begun, stood] = unpack(belt.stops, 2);
    this.stops = { begun: summed(begun), stood, before: summed([0, ...stood]) };
  }

  /** How many places part j has passed at a moment: 0 as it steps on, all of them at the end. */
  passed(j, time) {
    return this.belt.accumulates ? this.closedUp(j, time) : this.carried(j, time);
  }

  /** On a belt that accumulates a part goes on by itself while the place ahead is free. */
  closedUp(j, time) {
    let low = 0, high = this.places - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.leaves(middle, j) <= time) low = middle;
      else high = middle - 1;
    }
    const lasts = low === 0 ? this.belt.first : this.belt.cell;
    return low + clamp((time - this.leaves(low, j)) / lasts, 0, 1);
  }

  /** When part j leaves its place number `place`: when it has passed it, and the one ahead has been freed. */
  leaves(place, j) {
    if (place === 0) return this.on[j];
    const travelled = this.on[j] + this.belt.first + (place - 1) * this.belt.cell;
    return Math.max(travelled, this.taken[j - (this.places - place)] ?? -Infinity);
  }

  /** One that does not accumulate carries a part for as long as it runs. */
  carried(j, time) {
    return this.places * clamp((this.ran(time) - this.ran(this.on[j])) / this.belt.travel, 0, 1);
  }

  /** For how long the belt has run at a moment, were it running since 0. */
  ran(time) {
    const stop = lastUpTo(this.stops.begun, time);
    if (stop < 0) return time;
    return time - this.stops.before[stop] - Math.min(time - this.stops.begun[stop], this.stops.stood[stop]);
  }

  stands(time) {
    const stop = lastUpTo(this.stops.begun, time);
    return stop >= 0 && time < this.stops.begun[stop] + this.stops.stood[stop];
  }
}
