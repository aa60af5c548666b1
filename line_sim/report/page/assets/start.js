// Bring the page to life: without this it reads, with it the charts can be moved.

page.classList.add('scripted');
showTipsOfBars();
for (const figure of document.querySelectorAll('[data-plot]')) {
  new Plot(figure, told.plots[figure.dataset.plot]).ticks();
}
offerSaving();
const root = document.getElementById('gantt-chart');
if (root && told.gantt) {
  const gantt = new Gantt(root, told.gantt);
  gantt.show(gantt.at, gantt.length);
  const playback = new Playback(document.getElementById('watch-line'), told.playback, told.gantt, gantt.lanes);
  canvases.set(gantt.canvas, (pen) => {
    paintGantt(gantt, pen, gantt.field.clientWidth);
    return 1;
  });
  canvases.set(playback.canvas, (pen) => playback.paint(pen));
  const drawAgain = () => {
    gantt.draw();
    playback.plan();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAgain);
  // Paper is white: what is on canvas has to be drawn again for it, the rest follows by itself.
  let opened = []; // by the reader
  const print = (printing) => () => {
    const all = [...document.querySelectorAll('details')];
    if (printing) opened = all.filter((details) => details.open);
    page.classList.toggle('printing', printing);
    for (const details of all) details.open = printing || opened.includes(details);
    drawAgain();
  };
  addEventListener('beforeprint', print(true));
  addEventListener('afterprint', print(false));
}
