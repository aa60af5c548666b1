// Bring the page of a plan to life.

page.classList.add('scripted');
showTipsOfBars();

function startPlan() {
  const holder = (name) => document.querySelector(`[data-charts="${name}"]`), select = document.getElementById('kpi');
  const asked = kpis.filter((kpi) => demands.some((demand) => demand.kpi === kpi.name));
  const shown = [...asked, ...kpis.filter((kpi) => !asked.includes(kpi))];
  if (shown.length) {
    fill(select, shown.map((kpi) => [kpi.name, kpi.title]), shown[0].name);
    const tradeoff = new Chart(holder('tradeoff'), { margins: { left: 58, right: 16, top: 26 } });
    const show = () => tradeoff.show(tradeoffSpec(kpiNamed.get(select.value)));
    select.addEventListener('change', show);
    show();
  }
  startDecisions(holder('decisions'));
  const spec = budgetSpec();
  if (spec) new Chart(holder('budget')).show(spec);
}

function startDecisions(holder) {
  const which = document.querySelector('[data-which]'), more = document.querySelector('[data-more-decisions]');
  const charts = new Multiples(holder);
  let most = DECISIONS_AT_ONCE;
  const named = [...new Set(points.flatMap((point) => point.d.map((decision) => decision.kpi)))];
  const select = fill(element('select'), [['', 'all'], ...named.map((name) => [name, kpiNamed.get(name)?.title ?? name])]);
  const label = element('label', 'Demand ');
  label.append(select);
  which.append(label);
  which.hidden = named.length < 2;
  function show() {
    const found = decisionsOf(select.value);
    charts.show(found.slice(0, most).map(([point, decision]) => decisionSpec(point, decision)));
    more.hidden = found.length <= most;
    more.textContent = `Show all ${digits(found.length, 0)}`;
  }
  select.addEventListener('change', show);
  more.addEventListener('click', () => {
    most = Infinity;
    show();
  });
  show();
}

startPlan();
for (const root of document.querySelectorAll('[data-rows]')) new Rows(root);
