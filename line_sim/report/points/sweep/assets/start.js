// Bring the page of a sweep to life: one choice of a figure, and all charts follow it.

page.classList.add('scripted');
showTipsOfBars();

function startSweep() {
  const select = document.getElementById('kpi'), view = document.getElementById('over');
  if (!select || !kpis.length) return;
  fill(select, kpis.map((kpi) => [kpi.name, kpi.title]), (kpis.find((kpi) => kpi.name === demands[0]?.kpi) ?? kpis[0]).name);
  const holder = (name) => document.querySelector(`[data-charts="${name}"]`);
  const heat = new Chart(holder('heat')), lines = new Chart(holder('lines'));
  const multiples = new Multiples(holder('multiples')), clouds = new Multiples(holder('clouds')), effects = new Multiples(holder('effects'));
  const matters = new Chart(holder('matters')), front = new Front(document.getElementById('front'));
  const slice = new Slice(view.querySelector('[data-slice]'), () => showView());

  function showView() {
    const kpi = kpiNamed.get(select.value), onGrid = told.grid && varied.length > 0;
    heat.figure.hidden = !onGrid || !slice.lines;
    lines.figure.hidden = !onGrid;
    if (!heat.figure.hidden) heat.show(heatSpec(kpi, slice));
    if (onGrid) lines.show(linesSpec(kpi, slice));
    const others = onGrid ? kpis.filter((one) => one.main && one !== kpi).slice(0, 8) : [];
    holder('multiples').closest('.sub').hidden = !others.length;
    multiples.show(others.map((one) => linesSpec(one, slice, { height: 200, small: true })));
  }

  function showAll() {
    const kpi = kpiNamed.get(select.value);
    showView();
    const single = varied.length > 1 || !told.grid ? varied : [];
    holder('clouds').closest('.sub').hidden = !single.length;
    clouds.show(single.map((axis) => cloudSpec(kpi, axis)));
    showEffects(kpi);
    if (chosenPoint) tellChosen(chosenPoint);
    for (const name of document.querySelectorAll('[data-kpi-name]')) name.textContent = kpi.title;
  }

  function showEffects(kpi) {
    const specs = effectSpecs(kpi), what = mattersSpec(kpi);
    effects.show(specs);
    document.querySelector('[data-no-effects]').hidden = specs.length > 0;
    const most = document.querySelector('[data-moves-most]');
    most.textContent = told.moves_most[kpi.name] ?? '';
    most.hidden = !most.textContent;
    matters.figure.hidden = what === null;
    if (what) matters.show(what);
    const none = document.querySelector('[data-no-matters]');
    none.hidden = what !== null;
    if (told.untold[kpi.name]) none.textContent = `Not told for ${kpi.title}: ${told.untold[kpi.name]}.`;
    else if (told.matters.length) none.textContent = `Not told for ${kpi.title}.`;
  }

  select.addEventListener('change', showAll);
  showAll();
  front.show();
}

startSweep();
for (const root of document.querySelectorAll('[data-rows]')) new Rows(root);
