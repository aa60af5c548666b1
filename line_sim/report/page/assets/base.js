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
const seconds = (time) => `${digits(time / 1e6, 3)} s`;
const lasting = (time) => (time < 1e7 ? `${digits(time / 1e3, 1)} ms` : `${digits(time / 1e6, 2)} s`);

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
}

/** A colour of page.css as it is now, in the light, in the dark or on paper. */
const colour = (name) => getComputedStyle(page).getPropertyValue(`--${name}`).trim();

/** Two fingers' distance and middle, for pinching. */
function pinch(pointers) {
  const [a, b] = [...pointers.values()];
  return { apart: Math.max(Math.abs(a - b), 10), middle: (a + b) / 2 };
}
