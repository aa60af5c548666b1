// The line at a moment in words: a sentence for all of it, and one for what is under the pointer.

const MOST_TOLD = 8; // places in a sentence
const states = told.playback?.states ?? {}; // each with its letter and its words, in the order of the legend
const stateWord = (state) => states[state][1].split(':')[0];

/** A moment with all its digits, so that a clock that runs does not flicker; finer where the run is short. */
function clockWords(time, end) {
  if (told.week !== undefined) return dayAndTime(time, end, true);
  const places = end < 1e6 ? 6 : 3;
  if (end < LONG_RUN) return `${(time / 1e6).toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places })} s`;
  const [whole, rest = ''] = moment(time, end).split('.');
  return `${whole}.${rest.padEnd(3, '0')}`;
}

const partWords = (item) => `part ${digits(item, 0)}`;

/** The whole line: what every place does, what waits, what has come and gone. */
function lineWords(state, records) {
  const told = state.places.slice(0, MOST_TOLD).map((place) => placeWords(place, state.time));
  const more = state.places.length - told.length;
  if (more > 0) told.push(`${counted(more, 'more places')} not told here`);
  const outside = state.outside ? `${counted(state.outside, 'parts')} outside for want of room; ` : '';
  const lost = state.lost ? `, ${digits(state.lost, 0)} lost` : '';
  return `At ${moment(state.time, records.end)}: ${told.join('; ')}. ${outside}${digits(state.shipped, 0)} shipped, ${digits(state.scrapped, 0)} scrapped${lost} of ${counted(state.came, 'parts')} so far.`;
}

function placeWords({ place, machines, waiting, stands }, time) {
  const does = machines.length === 1 ? machineWords(place, machines[0], time) : `${place.name}: ${countedStates(machines).map(([state, count]) => `${count} ${stateWord(state)}`).join(', ')}`;
  return place.room ? `${does}, ${frontWords(place, waiting, stands)}` : does;
}

function frontWords({ belt, room }, waiting, stands) {
  const full = waiting >= room ? ' (full)' : '';
  return belt ? `${digits(waiting, 0)} of ${digits(room, 0)} on the belt${full}${stands ? ', which stands' : ''}` : `${digits(waiting, 0)} of ${digits(room, 0)} places in front taken${full}`;
}

/** How many machines are in each state, in the order of the legend; states without any are left out. */
function countedStates(machines) {
  return Object.keys(states).map((state) => [state, machines.filter((machine) => machine.state === state).length]).filter(([, count]) => count);
}

function machineWords(place, machine, time) {
  const part = machine.item === null ? '' : partWords(machine.item);
  switch (machine.state) {
    case 'down': return `${machine.name} is down${part ? ` with ${part} on it` : ''}`;
    case 'off': return `${machine.name} is off${part ? ` with ${part} on it` : ''}`;
    case 'starved': return isGate(place) ? `${machine.name} has no part` : `${machine.name} is starved`;
    case 'blocked': return `${machine.name} is blocked: ${part} ${isGate(place) ? 'has its answer' : 'is finished'} and finds no room`;
    case 'waiting': if (isGate(place)) return `${machine.name}: ${part} waits for its answer, for ${lasting(time - machine.since)}`;
      return `${machine.name} waits for the answer about ${part} (${waitWords(place, machine, time)})`;
    default: return `${machine.name} works on ${part}`;
  }
}

function waitWords({ deadline }, { call }, time) {
  return deadline ? `${lasting(time - call.issued)} of ${lasting(deadline)}` : lasting(time - call.issued);
}

/** What the last call came to: `part 12: good 0.97 in 143 ms`. */
function answerWords({ item, outcome, label, score, issued, returned }, gantt) {
  const said = outcome === 0 ? `${gantt.labels[label]}${score ? ` ${((score - 1) / 1000).toFixed(2)}` : ''}` : gantt.outcomes[outcome].replace('_', ' ');
  const took = returned - issued;
  return `${digits(item, 0)}: ${said}, ${took < 1e6 ? `${digits(took / 1e3, took < 1e4 ? 1 : 0)} ms` : lasting(took)}`;
}

/** A part in front of a place: which it is in the queue, or how far it is on the belt. */
function waitingWords({ place }, part, index, time, bad) {
  const where = part.passed === null ? `number ${index + 1} of those in front of ${place.name}` : `${digits((100 * part.passed) / place.room, 0)} % of the belt to ${place.name}`;
  return `${partWords(part.item)}${bad ? ', truly defective' : ''}: ${where}, for ${lasting(time - part.since)}`;
}
