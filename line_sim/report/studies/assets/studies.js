// Bring a study's page to life: without this its tables say all, with it the charts are drawn.

page.classList.add('scripted');
showTipsOfBars();
for (const figure of document.querySelectorAll('[data-chart]')) showChart(figure, told.charts[figure.dataset.chart]);

offerSaving();

/** What is linked to may lie within something that has to be unfolded first. */
function unfold_target() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let above = target; above; above = above.parentElement) if (above.tagName === 'DETAILS') above.open = true;
  if (target) target.scrollIntoView();
}
addEventListener('hashchange', unfold_target);
unfold_target();

let unfolded = []; // by the reader
const printed = (printing) => () => {
  const all = [...document.querySelectorAll('details')];
  if (printing) unfolded = all.filter((details) => details.open);
  page.classList.toggle('printing', printing);
  for (const details of all) details.open = printing || unfolded.includes(details);
};
addEventListener('beforeprint', printed(true));
addEventListener('afterprint', printed(false));
