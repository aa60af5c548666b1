// Which axis is across, which one the lines are, and at which levels of the others the page looks.

const varied = axes.filter((axis) => axis.texts.length > 1);

class Slice {
  constructor(root, changed) {
    this.root = root;
    this.across = root.querySelector('[name="across"]');
    this.by = root.querySelector('[name="by"]');
    this.rest = root.querySelector('[data-rest]');
    this.levels = new Map(varied.map((axis) => [axis.at, Math.floor((axis.texts.length - 1) / 2)]));
    const longest = [...varied].sort((a, b) => b.texts.length - a.texts.length);
    const names = (some) => some.map((axis) => [axis.at, axis.name]);
    fill(this.across, names(varied), longest[0]?.at);
    fill(this.by, [...names(varied), ['', 'none: one line']], longest[1]?.at ?? '');
    root.hidden = varied.length < 2 || !told.grid;
    this.across.addEventListener('change', () => this.swap(this.across, this.by, changed));
    this.by.addEventListener('change', () => this.swap(this.by, this.across, changed));
    this.changed = changed;
    this.was = [this.across.value, this.by.value];
    this.others();
  }

  /** Two choices never name the same axis: the other one takes what this one had. */
  swap(mine, other, changed) {
    if (mine.value === other.value) other.value = mine === this.across ? this.was[0] : this.was[1];
    if (this.across.value === this.by.value) this.by.value = '';
    this.was = [this.across.value, this.by.value];
    this.others();
    changed();
  }

  get x() {
    return axes[Number(this.across.value)] ?? axes[0];
  }

  get lines() {
    return this.by.value === '' ? null : axes[Number(this.by.value)];
  }

  get fixed() {
    return varied.filter((axis) => axis !== this.x && axis !== this.lines);
  }

  others() {
    this.rest.replaceChildren(...this.fixed.map((axis) => {
      const label = element('label', `${axis.name} `), select = fill(element('select'), axis.texts.map((text, at) => [at, text]), this.levels.get(axis.at));
      select.addEventListener('change', () => {
        this.levels.set(axis.at, Number(select.value));
        this.changed();
      });
      label.append(select);
      return label;
    }));
  }

  /** The points of the slice. */
  get points() {
    const fixed = this.fixed.map((axis) => [axis.at, this.levels.get(axis.at)]);
    return points.filter((point) => fixed.every(([axis, level]) => point.x[axis] === level));
  }

  get words() {
    return this.fixed.map((axis) => `${axis.name} = ${axis.texts[this.levels.get(axis.at)]}`).join(', ');
  }
}
