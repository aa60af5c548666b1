// The line played back: the clock that moves through the records, and what a reader can do with it.

const STEP = 1000; // ms of watching between two pictures where motion is not wanted
const TALLEST = 16000; // pixels of a canvas that every browser draws
const LONGEST_FRAME = 250; // ms: a page that was hidden does not jump

class Playback {
  constructor(root, spec, gantt, lanes) {
    this.spec = spec;
    this.gantt = gantt;
    this.records = new LineRecords(spec, gantt, lanes);
    for (const [name, selector] of Object.entries({ field: '#watch-field', canvas: 'canvas', told: '#watch-told', clock: '#watch-clock', slider: '#watch-slider', speeds: '#watch-speed', jump: '#watch-jump', play: '[data-watch="play"]' })) {
      this[name] = root.querySelector(selector);
    }
    this.pen = this.canvas.getContext('2d');
    this.time = clamp(spec.at, gantt.begin, gantt.end);
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    this.playing = false;
    this.seen = false;
    this.frame = null;
    this.pointed = null; // where the pointer was last, while it is over the picture
    this.choose(spec.speed);
    this.listen(root);
    new ResizeObserver(() => this.plan()).observe(this.field);
    new IntersectionObserver(([entry]) => this.look(entry.isIntersecting), { rootMargin: '-20% 0px' }).observe(this.field);
  }

  listen(root) {
    const does = { play: () => this.toggle(), back: () => this.step(-1), on: () => this.step(1), slower: () => this.faster(-1), faster: () => this.faster(1) };
    for (const button of root.querySelectorAll('[data-watch]')) button.addEventListener('click', does[button.dataset.watch]);
    this.slider.addEventListener('input', () => this.go(this.gantt.begin + (this.slider.value / 1000) * (this.gantt.end - this.gantt.begin)));
    this.speeds.addEventListener('change', () => this.choose(Number(this.speeds.value)));
    this.jump?.addEventListener('change', () => {
      const { value } = this.jump;
      if (value) this.go(Number(value));
      this.jump.value = value;
    });
    for (const button of document.querySelectorAll('.watch-moment')) {
      button.addEventListener('click', () => {
        if (this.playing) this.pause();
        this.go(Number(button.dataset.happens));
        this.field.scrollIntoView({ block: 'center' });
        this.field.focus({ preventScroll: true });
      });
    }
    this.field.addEventListener('keydown', (event) => this.key(event));
    this.field.addEventListener('pointermove', (event) => this.point(event));
    this.field.addEventListener('pointerleave', () => {
      this.pointed = null;
      hideTip();
    });
  }

  key(event) {
    const does = {
      ' ': () => this.toggle(), ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => this.go(this.gantt.begin), End: () => this.go(this.gantt.end),
      '+': () => this.faster(1), '=': () => this.faster(1), '-': () => this.faster(-1),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in does)) return;
    does[event.key]();
    event.preventDefault();
  }

  /** It plays while it is in sight, at first by itself where motion is not unwanted. */
  look(seen) {
    const first = seen && this.seen === false && !this.looked;
    this.seen = seen;
    if (first) {
      this.looked = true;
      if (!this.calm.matches) this.start();
    }
    this.ask();
  }

  toggle() {
    this.looked = true;
    if (this.playing) this.pause();
    else this.start();
  }

  start() {
    if (this.time >= this.gantt.end) this.time = this.gantt.begin;
    this.playing = true;
    this.last = null;
    this.leave();
    this.button();
    this.say(this.words());
    this.ask();
  }

  pause() {
    this.playing = false;
    this.button();
    this.draw();
    this.say(this.words());
  }

  button() {
    const [sign, word] = this.play.children;
    sign.textContent = this.playing ? '❚❚' : '▶';
    word.textContent = this.playing ? 'Pause' : 'Play';
  }

  ask() {
    if (this.playing && this.seen && this.frame === null) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  /** A frame: as much line time as watching time has passed; where motion is not wanted, in steps of a second. */
  tick(now) {
    this.frame = null;
    if (!this.playing || !this.seen) {
      this.last = null;
      return;
    }
    const passed = this.last === null ? 0 : now - this.last;
    if (this.last === null || !this.calm.matches || passed >= STEP) {
      this.last = now;
      this.time = Math.min(this.time + Math.min(passed, this.calm.matches ? STEP : LONGEST_FRAME) * 1000 * this.speed, this.gantt.end);
      this.draw();
    }
    if (this.time >= this.gantt.end) this.pause();
    this.ask();
  }

  /** Go to a moment and say what is to be seen; whether it plays stays as it is. */
  go(time) {
    this.looked = true;
    this.leave();
    this.time = clamp(time, this.gantt.begin, this.gantt.end);
    this.draw();
    this.say(this.words());
  }

  /** Be at none of the moments of the list: each can be chosen again. */
  leave() {
    if (this.jump) this.jump.value = '';
  }

  /** Stop, and go to the next (1) or the last (-1) moment at which something happened. */
  step(by) {
    if (this.playing) this.pause();
    this.go(this.records.next(this.time, by));
  }

  choose(speed) {
    this.speed = speed;
    this.speeds.value = String(speed);
    if (this.state) this.draw();
    if (this.playing) this.say(this.words());
  }

  faster(by) {
    const options = [...this.speeds.options];
    const chosen = options[clamp(this.speeds.selectedIndex + by, 0, options.length - 1)];
    this.choose(Number(chosen.value));
    this.say(`Speed: ${this.speedWords()}.`);
  }

  /** While it plays, from where and how fast; else what is to be seen. */
  words() {
    return this.playing ? `Playing from ${moment(this.time, this.gantt.end)}, ${this.speedWords()}.` : lineWords(this.state, this.records);
  }

  speedWords() {
    return this.speeds.selectedOptions[0]?.textContent ?? '';
  }

  say(text) {
    this.told.textContent = text;
  }

  /** The part, machine or place under the pointer, in words. */
  point(event) {
    this.pointed = event;
    const box = this.canvas.getBoundingClientRect(), scale = this.picture.plan.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const found = this.picture.seen.findLast((one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height);
    if (found) showTip(found.words(), event);
    else hideTip();
  }

  /** Lay the line out anew: the page has another width, or other colours. */
  plan() {
    const width = Math.floor(this.field.clientWidth);
    if (!width) return;
    this.pen.font = letters(12.5, 650);
    const plan = planOf(this.spec, width, (text) => this.pen.measureText(text).width + 4), tall = Math.round(plan.height * plan.scale);
    const scale = Math.min(window.devicePixelRatio || 1, TALLEST / tall);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(tall * scale);
    this.canvas.style.width = `${width}px`;
    this.pen.scale(scale * plan.scale, scale * plan.scale);
    this.picture = new LinePicture(this.pen, plan, inksOf(this.pen), this.gantt);
    const first = !this.state;
    this.draw();
    if (first) this.say(this.words());
  }

  /** Draw what is to be seen with another pen; return how large it is shown. */
  paint(pen) {
    const { plan } = this.picture;
    new LinePicture(pen, plan, inksOf(pen), this.gantt).draw(this.state, GLOWS * 1e6 * this.speed, this.records.bad);
    return plan.scale;
  }

  draw() {
    this.state = this.records.at(this.time);
    this.picture?.draw(this.state, GLOWS * 1e6 * this.speed, this.records.bad);
    const { begin, end } = this.gantt;
    this.clock.textContent = clockWords(this.time, end);
    this.slider.value = (1000 * (this.time - begin)) / (end - begin);
    this.slider.setAttribute('aria-valuetext', moment(this.time, end));
    if (this.pointed && this.picture && !tip.hidden) this.point(this.pointed); // what is there now
  }
}
