// A figure against each axis by itself: all points, whatever the others are.

const FEW = 150; // up to so many points their intervals are drawn, too

function cloudSpec(kpi, axis) {
  const found = points.filter((point) => valueOf(point, kpi) && point.x[axis.at] !== null && point.x[axis.at] !== undefined);
  return {
    label: `${kpi.title} against ${axis.name}, ${counted(found.length, 'points')}`,
    height: 220,
    paint: (pen) => paintCloud(pen, kpi, axis, found),
    finding: '',
    table: () => ({
      caption: `${kpi.title} against ${axis.name}; mean and 95 % interval`,
      head: ['Point', axis.name, titled(kpi)],
      rows: [...found].sort((a, b) => a.x[axis.at] - b.x[axis.at]).map((point) => [String(point.v), levelOf(point, axis), withInterval(kpi, valueOf(point, kpi))]),
    }),
  };
}

function paintCloud(pen, kpi, axis, found) {
  const few = found.length <= FEW, mine = demands.filter((demand) => demand.kpi === kpi.name);
  const values = found.flatMap((point) => (few ? valueOf(point, kpi) : [valueOf(point, kpi)[0]]));
  const y = kpiScale(kpi, [...values, ...mine.map((demand) => demand.limit)], pen.bottom, pen.top, 4);
  const x = axisScale(axis, pen.left, pen.right, clamp(Math.floor((pen.right - pen.left) / 60), 3, 6));
  for (const demand of mine) pen.limit(y, demand, kpi);
  pen.axes(x, y, { up: titled(kpi), across: axis.name });
  const marks = found.map((point) => ({ x: x.of(point.x[axis.at]), y: y.place(valueOf(point, kpi)[0]), point, text: sayPoint(point, kpi) }));
  if (few) {
    for (const mark of marks) {
      const [, low, high] = valueOf(mark.point, kpi);
      if (low !== null && high !== null) pen.whisker(mark.x, y.place(low), y.place(high), 'st-thin', 0);
    }
  }
  const size = found.length > 800 ? 3.5 : found.length > FEW ? 5 : 6.5;
  pen.dots(marks.filter(({ point }) => point.ok !== 'met').map((mark) => [mark.x, mark.y]), demands.length ? 'st-rest' : 'st-point', size);
  pen.dots(marks.filter(({ point }) => point.ok === 'met').map((mark) => [mark.x, mark.y]), 'st-met', size);
  return marks;
}
