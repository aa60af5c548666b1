// What the charts share: packed numbers, round ticks, words, the tip beside the pointer, the colours.

const page = document.documentElement;
const told = JSON.parse(document.getElementById('data').textContent);

/** Read rows of `width` numbers that packing.py wrote: seven bits a byte, little end first. */
function unpack(text, width) {
  const bytes = atob(text);
  const columns = Array.from({ length: width }, () => []);
  let number = 0, factor = 1, column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes.charCodeAt(i);
    number += (octet & 127) * factor;
    if (octet & 128) {
      factor *= 128;
    } else {
      columns[column].push(number);
      column = (column + 1) % width;
      number = 0;
      factor = 1;
    }
  }
  return columns;
}

const unfold = (number) => (number % 2 ? -(number + 1) / 2 : number / 2);

function summed(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

/** The index of the last of ordered numbers that is not above a value, -1 where there is none. */
function lastUpTo(ordered, value) {
  let low = 0, high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Round marks from low to high, at most about `most` of them. */
function roundTicks(low, high, most) {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= (high - low) / most) * power;
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
    ticks.push(Number((n * step).toPrecision(12)));
  }
  return ticks;
}

/** Powers of ten with 2 and 5 between them; round marks where there would be few. */
function logTicks(low, high) {
  const factors = high / low < 120 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks.length < 3 ? roundTicks(low, high, 4) : ticks;
}

const digits = (value, most) => value.toLocaleString('en', { maximumFractionDigits: most });
const LONG_RUN = 300e6; // its moments are told as a clock tells them

/** How many of what, which is said in the plural: `1 call`, `2,000 calls made`. */
const counted = (number, what) => `${digits(number, 0)} ${number === 1 ? what.replace(/s\b/, '') : what}`;

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], DAY = 86400e6;

/** A moment (us) by day and time, where the run says what day it begins: `Mon 06:00`, `week 2, Mon 06:00:07.5`; `finely` with all its digits. */
function dayAndTime(time, end, finely = false) {
  const whole = Math.floor((told.week + time) / 1e3), day = Math.floor(whole / 86400e3), two = (n) => String(Math.floor(n)).padStart(2, '0');
  const week = told.week + end > 7 * DAY ? `week ${Math.floor(day / 7) + 1}, ` : '', rest = whole % 60e3;
  const odd = rest ? `:${two(rest / 1e3)}${rest % 1000 ? `.${String(rest % 1000).padStart(3, '0').replace(/0+$/, '')}` : ''}` : '';
  const fine = `:${two(rest / 1e3)}.${String(rest % 1000).padStart(3, '0')}`;
  return `${week}${DAYS[day % 7]} ${two((whole / 3600e3) % 24)}:${two((whole / 60e3) % 60)}${finely ? fine : odd}`;
}

/** A moment (us) of a run that lasts until `end`: `43.662 s`, `11:18:43.662`, or by day and time. */
function moment(time, end) {
  if (told.week !== undefined) return dayAndTime(time, end);
  if (end < LONG_RUN) return `${digits(time / 1e6, 3)} s`;
  const whole = Math.round(time / 1e3), two = (n) => String(Math.floor(n)).padStart(2, '0');
  const rest = whole % 1000 ? `.${String(whole % 1000).padStart(3, '0').replace(/0+$/, '')}` : '';
  return `${Math.floor(whole / 3600e3)}:${two((whole / 60e3) % 60)}:${two((whole / 1e3) % 60)}${rest}`;
}

/** How long something lasted (us), in the unit that its size asks for. */
function lasting(time) {
  if (time < 1e6) return `${digits(time / 1e3, 1)} ms`;
  if (time < 120e6) return `${digits(time / 1e6, 3)} s`;
  return time < 7200e6 ? `${digits(time / 60e6, 2)} min` : `${digits(time / 3600e6, 2)} h`;
}

/** Marks (us) for an axis of a run that lasts until `end`: round in seconds, in minutes or in hours. */
function timeTicks(low, high, most, end) {
  const wanted = (high - low) / 1e6 / most;
  if (told.week !== undefined && wanted > 0.5) return dayTicks(low, high, wanted);
  if (end < LONG_RUN || wanted <= 10) return roundTicks(low / 1e6, high / 1e6, most).map((tick) => tick * 1e6);
  const step = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200].find((one) => one >= wanted);
  if (!step) return roundTicks(low / 86400e6, high / 86400e6, most).map((tick) => tick * 86400e6);
  const ticks = [];
  for (let n = Math.ceil(low / 1e6 / step); n * step * 1e6 <= high; n++) ticks.push(n * step * 1e6);
  return ticks;
}

/** Marks (us) at round days and times, about `wanted` seconds apart or more. */
function dayTicks(low, high, wanted) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800];
  const step = 1e6 * (steps.find((one) => one >= wanted) ?? 604800 * Math.ceil(wanted / 604800)), ticks = [];
  for (let n = Math.ceil((low + told.week) / step); n * step - told.week <= high; n++) ticks.push(n * step - told.week);
  return ticks;
}

const tip = document.getElementById('tip');

function showTip(text, event) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${clamp(event.clientX + 14, 4, innerWidth - box.width - 4)}px`;
  tip.style.top = `${event.clientY + box.height + 24 > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18}px`;
}

function hideTip() {
  tip.hidden = true;
}

function showTipsOfBars() {
  for (const bar of document.querySelectorAll('[data-tip]')) {
    bar.addEventListener('pointermove', (event) => showTip(bar.dataset.tip, event));
    bar.addEventListener('pointerleave', hideTip);
  }
  // What is under the pointer changes without it, too.
  for (const event of ['scroll', 'blur', 'resize', 'wheel']) addEventListener(event, hideTip, { passive: true, capture: true });
  for (const event of ['pointerleave', 'pointercancel', 'pointerdown', 'keydown']) document.addEventListener(event, hideTip, true);
  page.addEventListener('pointerleave', hideTip);
}

/** A colour of page.css as it is now, in the light, in the dark or on paper. */
const colour = (name) => getComputedStyle(page).getPropertyValue(`--${name}`).trim();

/** Two fingers' distance and middle, for pinching. */
function pinch(pointers) {
  const [a, b] = [...pointers.values()];
  return { apart: Math.max(Math.abs(a - b), 10), middle: (a + b) / 2 };
}
