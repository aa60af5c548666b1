// Scales of the charts: values to pixels, with their marks; colours that tell values apart for every eye.

/** A scale of numbers from [low, high] to [from, to] pixels; `ticks` are [value, text]. */
function numbersScale(low, high, from, to, { ticks, log = false } = {}) {
  const at = log ? (value) => Math.log(value) : (value) => value;
  const span = at(high) - at(low) || 1;
  return { place: (value) => from + ((at(value) - at(low)) / span) * (to - from), ticks, low, high };
}

/** A little room around what is drawn, none of it below 0 where nothing is. */
function withRoom(values, share = 0.06) {
  const known = values.filter((value) => typeof value === 'number' && Number.isFinite(value));
  if (!known.length) return [0, 1];
  let low = Infinity, high = -Infinity;
  for (const value of known) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const room = (high - low || Math.abs(high) * 0.1 || 0.1) * share;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** The scale of a figure, its marks written without their unit. */
function kpiScale(kpi, values, from, to, most) {
  const [low, high] = withRoom(values);
  const marks = roundTicks(low * kpi.scale, high * kpi.scale, most);
  return numbersScale(low, high, from, to, { ticks: marks.map((mark) => [mark / kpi.scale, digits(mark, 6)]) });
}

/** The scale of an axis of the study: at their numbers, else one beside the other. */
function axisScale(axis, from, to, most) {
  if (!axis.numbers) return placesScale(axis.texts, from, to);
  const numbers = axis.numbers, [first, last] = [numbers[0], numbers[numbers.length - 1]];
  const log = spreadByFactors(numbers);
  const edge = (to - from) * 0.04;
  const scale = numbersScale(first, last === first ? first + 1 : last, from + edge, to - edge, { log });
  return { ...scale, of: (place) => scale.place(numbers[place]), ticks: axisTicks(axis, scale, log, most) };
}

/** Whether levels are set by factors, such as 1, 10, 100: their middle one is nearer to that of a log scale. */
function spreadByFactors(numbers) {
  const [first, last] = [numbers[0], numbers[numbers.length - 1]], middle = numbers[numbers.length >> 1];
  return numbers.length > 2 && first > 0 && last / first >= 50 && Math.abs(Math.log(middle / Math.sqrt(first * last))) < Math.abs(Math.log((2 * middle) / (first + last)));
}

function axisTicks(axis, scale, log, most) {
  const apart = axis.numbers.slice(1).map((value, at) => scale.place(value) - scale.place(axis.numbers[at]));
  if (axis.texts.length <= most + 2 && apart.every((gap) => gap > 24)) return axis.numbers.map((value, at) => [value, axis.texts[at]]);
  const size = axis.unit === 's' && axis.numbers[axis.numbers.length - 1] < 10 ? 1000 : 1;
  const unit = axis.unit === 's' ? (size === 1000 ? ' ms' : ' s') : '';
  const low = axis.numbers[0] * size, high = axis.numbers[axis.numbers.length - 1] * size;
  return (log ? logTicks(low, high) : roundTicks(low, high || low + 1, most)).map((mark) => [mark / size, `${digits(mark, 6)}${unit}`]);
}

/** A scale of texts: each in the middle of its band. */
function placesScale(texts, from, to) {
  const band = (to - from) / Math.max(texts.length, 1);
  const of = (place) => from + (place + 0.5) * band;
  return { of, place: of, band, ticks: texts.map((text, at) => [at, text]) };
}

// Cividis (Nuñez, Anderton and Renslow 2018): even steps of lightness, told apart by every kind of eye.
const RAMP = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];

/** The colour of a share from 0 to 1, as red, green and blue. */
function rampAt(share) {
  const along = clamp(share, 0, 1) * (RAMP.length - 1), at = Math.min(Math.floor(along), RAMP.length - 2);
  return RAMP[at].map((one, i) => Math.round(one + (along - at) * (RAMP[at + 1][i] - one)));
}

const rgb = (colour) => `rgb(${colour.join(',')})`;

/** Black or white, whichever is read better on a colour (WCAG's relative luminance). */
function inkOn(colour) {
  const [r, g, b] = colour.map((one) => (one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}

const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'down', 'cross', 'plus', 'ring'];
const SERIES = 8; // so many are told apart by colour and shape at once
const seriesOf = (at) => `series-${at}`;
const shapeOf = (at) => SHAPES[at];
