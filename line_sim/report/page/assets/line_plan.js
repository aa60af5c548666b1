// Where everything of the line is drawn in a picture of some width: rows of places, and the ways between them.

const TILE = 46, TILE_TALL = 42, SPACE = 6, PAD = 10, TITLE = 24, ANSWER = 19, CLOUD = 34;
const QUEUE = 112, BELT = 96, QUEUE_TALL = 46, ARROW = 24, MARGIN = 14, END = 76, TRACK = 9;
const MOST_TILES = 10, LARGEST = 1.25;
const SLOTS = [20, 15, 11, 8, 6]; // sides of a waiting place, the roomiest that fits is taken

/** Lay the line out; `wide` is how wide a text is. A line that is short for its picture is drawn larger, by `scale`. */
function planOf(spec, width, wide) {
  const plan = laidOut(spec, width, wide);
  const scale = plan.spare > 0 ? Math.min(width / (width - plan.spare), LARGEST) : 1;
  return scale > 1.02 ? { ...laidOut(spec, Math.floor(width / scale), wide), scale } : { ...plan, scale: 1 };
}

function laidOut(spec, width, wide) {
  const plan = { width, spec, boxes: [], ends: {}, rows: [], ways: [] };
  const lane = [{ end: 'source' }, ...spec.line.map((place) => ({ place })), { end: 'shipped' }];
  const others = spec.places.map((_, place) => place).filter((place) => !spec.line.includes(place));
  const scraps = spec.ways.some(([, to]) => to === 'scrapped');
  const aside = [...others.map((place) => ({ place })), ...(scraps ? [{ end: 'scrapped' }] : [])];
  const sized = (nodes) => nodes.map((node) => ({ ...node, ...sizeOf(node, spec, width, wide) }));
  plan.rows = [...broken(sized(lane), width), ...broken(sized(aside), width).map((row) => ({ ...row, aside: true }))];
  for (const row of plan.rows) across(row, plan);
  const links = [[-1, spec.entry, 'ship'], ...spec.ways].map(([from, to, lane], index) => ({ from: from < 0 ? 'source' : from, to, lane, index }));
  const routes = links.map((link) => routeOf(link, plan));
  down(plan, routes);
  plan.ways = routes.map((route) => ({ ...route.link, points: pointsOf(route, plan) }));
  return plan;
}

function sizeOf({ place, end }, spec, width, wide) {
  if (end) return { queue: 0, station: END, head: 0, above: 26, below: 26 };
  const { name, units, room, kind, belt } = spec.places[place], slots = belt ? null : slotting(room);
  const queue = belt ? BELT : slots ? slots.columns * slots.size : QUEUE, most = width - 2 * MARGIN - (queue ? queue + SPACE : 0) - 2 * PAD;
  const tiles = units > MOST_TILES ? 1 : units;
  const columns = Math.max(Math.min(tiles, 5, Math.floor((most + SPACE) / (TILE + SPACE))), 1);
  const rows = Math.ceil(tiles / columns), tall = rows * (TILE_TALL + SPACE) - SPACE;
  const summedUp = units > MOST_TILES ? 150 : 0;
  const needs = Math.max(columns * (TILE + SPACE) - SPACE, summedUp, kind === 'inspection' ? 160 : 64, Math.min(wide(name), 170));
  const station = Math.min(needs, most) + 2 * PAD, head = kind === 'inspection' ? CLOUD : 0;
  return { queue, slots, station, columns, tall, head, above: head + TITLE + tall / 2 + 4, below: tall / 2 + PAD + (head ? ANSWER : 0) };
}

const widthOf = (node) => node.queue + (node.queue ? SPACE : 0) + node.station;

/** Break nodes into as few rows as they need, of about the same width. */
function broken(nodes, width) {
  const rows = filled(nodes, width).length;
  let low = 0, high = width;
  while (high - low > 4) {
    const middle = (low + high) / 2;
    if (filled(nodes, middle).length <= rows) high = middle;
    else low = middle;
  }
  return filled(nodes, high);
}

function filled(nodes, width) {
  const rows = [];
  let room = -1;
  for (const node of nodes) {
    const needs = widthOf(node) + ARROW;
    if (room < needs) {
      rows.push({ nodes: [] });
      room = width - 2 * MARGIN + ARROW;
    }
    rows[rows.length - 1].nodes.push(node);
    room -= needs;
  }
  return rows;
}

/** Share the room of a row out: belts grow first, then the ways; what is beside the line stands below who sends there. */
function across(row, plan) {
  const { nodes } = row, { spec } = plan;
  const needed = nodes.reduce((sum, node) => sum + widthOf(node), 0) + ARROW * (nodes.length - 1);
  let slack = Math.max(plan.width - 2 * MARGIN - needed, 0);
  const belts = nodes.filter(({ place }) => spec.places[place]?.belt);
  const longer = row.aside ? 0 : Math.min((slack * 0.7) / Math.max(belts.length, 1), 160);
  for (const node of belts) node.queue += longer;
  if (plan.rows.length && row === plan.rows[0] && !plan.rows.slice(1).some(({ aside }) => !aside)) plan.spare = slack;
  slack -= longer * belts.length;
  const wider = row.aside || nodes.length < 2 ? 0 : Math.min(slack / (nodes.length - 1), 60);
  slack -= wider * (nodes.length - 1);
  const sender = row.aside ? senderOf(nodes[0], plan) : null;
  let x = MARGIN + (sender ? clamp(sender.x + sender.width / 2 - (nodes[0].queue ? 10 : nodes[0].station / 2) - MARGIN, 0, slack) : row.aside ? 0 : slack / 2);
  for (const node of nodes) {
    const box = { ...node, row, queueX: x, x: x + node.queue + (node.queue ? SPACE : 0), width: node.station };
    if (node.end) plan.ends[node.end] = box;
    else plan.boxes[node.place] = box;
    node.box = box;
    x += widthOf(node) + ARROW + wider;
  }
}

function senderOf({ place, end }, plan) {
  const way = plan.spec.ways.find(([from, to]) => to === (end ?? place) && plan.boxes[from]);
  return way ? plan.boxes[way[0]] : null;
}

const boxOf = (node, plan) => plan.ends[node] ?? plan.boxes[node];

/** How a way goes: straight to the neighbour, or along the channels below rows, whose numbers are told. */
function routeOf(link, plan) {
  const from = boxOf(link.from, plan), to = boxOf(link.to, plan);
  const [a, b] = [from, to].map((box) => plan.rows.indexOf(box.row));
  const nodes = plan.rows[a].nodes.map((node) => node.box);
  if (a === b && nodes.indexOf(to) === nodes.indexOf(from) + 1) return { link, from, to, straight: true };
  const [leave, enter] = a === b ? [a, a] : a < b ? [a, b - 1] : [a - 1, b];
  return { link, from, to, leave, enter, below: a <= b, above: a < b };
}

/** Set the rows below one another, with as many tracks between them as ways go there. */
function down(plan, routes) {
  const bent = routes.filter((route) => !route.straight);
  const ordered = [...bent].sort((one, other) => (one.leave === one.enter) - (other.leave === other.enter)); // those along the edge cross no other
  const tracks = plan.rows.map((_, channel) => [...new Set(ordered.filter(({ leave, enter }) => leave === channel || enter === channel).map(({ link }) => link.to))]);
  let y = 8;
  plan.rows.forEach((row, channel) => {
    const tall = Math.max(...row.nodes.map(({ above }) => above)), deep = Math.max(...row.nodes.map(({ below }) => below), QUEUE_TALL / 2 + 20);
    row.axis = y + tall;
    row.bottom = row.axis + deep;
    row.tracks = new Map(tracks[channel].map((to, i) => [to, row.bottom + 12 + i * TRACK]));
    y = row.bottom + (tracks[channel].length ? 22 + tracks[channel].length * TRACK : channel < plan.rows.length - 1 ? 14 : 8);
    for (const { box } of row.nodes) box.axis = row.axis;
  });
  plan.height = y;
  const round = [...new Set(bent.filter(({ leave, enter }) => leave !== enter).map(({ link }) => link.to))];
  for (const route of bent) route.gutter = MARGIN / 2 + clamp(round.indexOf(route.link.to), 0, 3) * 4 - 4;
  spread(bent, ({ from }) => from, ({ to, leave, enter }) => (leave === enter ? to.x : -1));
}

/** Give the ways that leave one box places of their own along its edge. */
function spread(routes, boxOfRoute, towards) {
  for (const box of new Set(routes.map(boxOfRoute))) {
    for (const below of [true, false]) {
      const mine = routes.filter((route) => boxOfRoute(route) === box && route.below === below).sort((a, b) => towards(a) - towards(b));
      mine.forEach((route, i) => (route.port = box.x + box.width / 2 + (i - (mine.length - 1) / 2) * 18));
    }
  }
}

function pointsOf(route, plan) {
  const { from, to, link } = route;
  if (route.straight) return [[from.x + from.width, from.axis], [to.queue ? to.queueX : to.x, to.axis]];
  const first = plan.rows[route.leave].tracks.get(link.to), last = plan.rows[route.enter].tracks.get(link.to);
  const into = to.end ? to.x + to.width / 2 : to.queue ? to.queueX + 10 : to.x + 16;
  const edge = to.queue ? QUEUE_TALL / 2 : route.above ? to.above - to.head : to.below;
  const points = [[route.port, route.below ? from.axis + from.below : from.axis - from.above], [route.port, first]];
  if (route.leave !== route.enter) points.push([route.gutter, first], [route.gutter, last]);
  points.push([into, last], [into, route.above ? to.axis - edge : to.axis + edge]);
  return points;
}

/** How so many waiting places are put side by side; null where they are too many to be drawn. */
function slotting(room) {
  const size = SLOTS.find((side) => Math.floor(QUEUE / side) * Math.floor(QUEUE_TALL / side) >= room);
  if (!size) return null;
  const columns = Math.min(Math.max(Math.ceil(room / Math.floor(QUEUE_TALL / size)), Math.min(room, 5)), Math.floor(QUEUE / size));
  return { size, columns, rows: room && Math.ceil(room / columns) };
}

/** Where waiting places are: the next part nearest the machine, the others behind it in bends. */
function slotsOf({ slots: { size, columns, rows }, axis, queueX, queue }, room) {
  const top = axis - (rows * size) / 2, right = queueX + queue;
  return Array.from({ length: room }, (_, k) => {
    const row = Math.floor(k / columns), along = row % 2 ? columns - 1 - (k % columns) : k % columns;
    return { x: right - (along + 0.5) * size, y: top + (rows - row - 0.5) * size, size };
  });
}
