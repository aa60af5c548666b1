// Verdicts by shape and colour, the same in charts, keys and table.

const VERDICTS = [
  [/^feasible|^met/, 'circle', 'st-met'],
  [/^within/, 'ring', 'st-open'],
  [/^not feasible|^not met|^infeasible|locked/, 'cross', 'st-missed'],
  [/^undecided|^not decided/, 'diamond', 'st-undecided'],
  [/.*/, 'bar', 'st-rest'], // not run: dropped by its bounds, dearer than the answer
];
const verdictOf = (point) => VERDICTS.find(([words]) => words.test(point.verdict));
const answer = points.find((point) => told.chosen !== null && point.v === told.chosen) ?? null;

function verdictKeys(found) {
  const seen = [...new Set(found.map((point) => point.verdict))];
  return seen.map((words) => {
    const [, shape, kind] = verdictOf({ verdict: words });
    return { words, shape, kind };
  });
}

for (const place of document.querySelectorAll('[data-verdict]')) {
  const [, shape, kind] = verdictOf({ verdict: place.dataset.verdict });
  place.innerHTML = `<svg width="16" height="14" viewBox="0 0 16 14" aria-hidden="true"><path class="c-mark ${kind}" d="${markPath(7, 7, shape, 4)}"/></svg>`;
}
