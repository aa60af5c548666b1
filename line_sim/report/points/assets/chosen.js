// The point that the reader chose: its settings to copy, its figures, the way to its run; marked in every chart.

let chosenPoint = null;

const panel = document.getElementById('chosen');

function choose(point) {
  chosenPoint = point === chosenPoint ? null : point;
  for (const chart of charts) chart.ringChosen();
  for (const row of document.querySelectorAll('tr[data-v]')) row.classList.toggle('is-chosen', chosenPoint !== null && row.dataset.v === String(chosenPoint.v));
  page.classList.toggle('has-chosen', chosenPoint !== null);
  panel.hidden = chosenPoint === null;
  for (const button of document.querySelectorAll('button.choose')) button.setAttribute('aria-pressed', String(chosenPoint !== null && button.textContent === String(chosenPoint.v)));
  document.getElementById('chosen-said').textContent = chosenPoint ? `Chosen: ${numberWord} ${point.v}. Its settings to copy are at the end of the page; Escape lets it go.` : 'Nothing is chosen.';
  if (chosenPoint) tellChosen(chosenPoint);
}

function tellChosen(point) {
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  part('name').textContent = `${numberWord} ${point.v}`;
  part('stands').textContent = point.error ? 'failed' : point.verdict ?? STANDINGS[point.ok] ?? '';
  part('settings').textContent = settingsOf(point);
  part('why').textContent = point.error ?? point.why ?? '';
  part('options').textContent = point.set;
  part('copied').textContent = '';
  const shown = kpis.filter((kpi) => (kpi.main || kpi === shownKpi()) && point.y[kpi.at]);
  part('figures').replaceChildren(...shown.flatMap((kpi) => figureTold(kpi, point.y[kpi.at])), ...costTold(point), ...runsTold(point));
  const way = part('run');
  way.hidden = !point.run;
  if (point.run) way.href = point.run;
}

const shownKpi = () => kpiNamed.get(document.getElementById('kpi')?.value);
const pair = (name, value) => {
  const row = element('div');
  row.append(element('dt', name), element('dd', value));
  return row;
};
const costTold = (point) => (typeof point.c === 'number' ? [pair('Cost', digits(point.c, 6))] : []);
const runsTold = (point) => (point.n ? [pair('Runs', digits(point.n, 0))] : []);

function figureTold(kpi, found) {
  const limits = demands.filter((demand) => demand.kpi === kpi.name).map((demand) => `${demand.least ? '≥' : '≤'} ${withUnit(kpi, demand.limit)}`);
  const asked = limits.length ? ` · asked: ${limits.join(', ')}` : '';
  return [pair(kpi.title, `${withInterval(kpi, found, true)}${asked}`)];
}

/** Copy a text; where the browser does not let us, it is marked for the reader to copy. */
async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    said.textContent = 'Copied.';
  } catch {
    getSelection().selectAllChildren(text);
    said.textContent = 'Marked: copy with Ctrl-C.';
  }
}

panel.querySelector('[data-do="copy"]').addEventListener('click', () => copyText(panel.querySelector('[data-part="options"]'), panel.querySelector('[data-part="copied"]')));
for (const button of document.querySelectorAll('[data-copy]')) {
  const name = button.dataset.copy;
  button.addEventListener('click', () => copyText(document.getElementById(name), document.querySelector(`[data-copied="${name}"]`)));
}
panel.querySelector('[data-do="close"]').addEventListener('click', () => choose(chosenPoint));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && chosenPoint) choose(chosenPoint);
});
for (const button of document.querySelectorAll('[data-choose]')) {
  button.addEventListener('click', () => choose(byNumber.get(JSON.parse(button.dataset.choose))));
}
