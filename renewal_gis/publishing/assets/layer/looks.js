// How the features of a layer look: which class each is in, how wide or hatched it is.
const AREA = 2;
const LINE = 1;

// {classes: [{label, colour, count}], missing: {count}, ofFeature} of the chosen column; one class without it.
function classified(layer, said, chosen) {
  const column = said.columns[chosen];
  const ofFeature = new Uint8Array(layer.count).fill(column ? MISSING_CLASS : 0);
  const held = column && layer.columns.get(String(chosen));
  const classes = column ? column.classes.map((one) => ({ ...one, count: 0 })) : [{ colour: said.colour, label: said.name, count: 0 }];
  for (let i = 0; held && i < layer.count; i++) {
    const value = held.values[i];
    if (value === NOTHING) continue;
    ofFeature[i] = held.labels ? value : classOf(value / held.scale, column.breaks, column.lowIsGood);
  }
  const missing = { count: 0 };
  for (const rank of ofFeature) (rank === MISSING_CLASS ? missing : classes[rank]).count++;
  return { classes, missing, ofFeature };
}

// Square roots of the column that makes features larger, so that areas compare; 1 without one.
function sizesOf(layer, said) {
  const held = said.size === null ? null : layer.columns.get(String(said.size));
  if (!held) return () => 1;
  let most = 0;
  for (const value of held.values) if (value !== NOTHING && value > most) most = value;
  return (i) => (held.values[i] === NOTHING || held.values[i] <= 0 || !most ? 0.3 : Math.max(0.3, 2.4 * Math.sqrt(held.values[i] / most)));
}

function stripes(context, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 1.4;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

function paintFeatures(context, view, look) {
  const { layer, ids } = view;
  const kinds = layer.columns.get("shape").values;
  context.lineJoin = context.lineCap = "round";
  const groups = [[], [], []];
  for (const i of ids) groups[kinds[i]].push(i);
  paintAreas(context, view, look, groups[AREA]);
  for (const i of groups[LINE]) paintLine(context, view, look, i);
  for (const i of groups[0]) paintDot(context, view, look, i);
}

function paintAreas(context, view, look, ids) {
  if (!look.said.fill) {
    context.lineWidth = 1.6;
    for (const [colour, list] of byColour(view.layer, look, ids)) strokeAll(context, view, list, colour);
    return;
  }
  if (!look.hatched) return paintBuildings(context, { ...view, ids }, look.shown);
  const marks = look.hatched.values;
  paintBuildings(context, { ...view, ids: ids.filter((i) => marks[i] !== 1) }, look.shown);
  for (const [colour, list] of byColour(view.layer, look, ids.filter((i) => marks[i] === 1))) {
    context.fillStyle = stripes(context, colour);
    context.beginPath();
    for (const i of list) trace(context, view, i, true);
    context.fill();
    context.lineWidth = 1.4;
    context.setLineDash([6, 4]);
    strokeAll(context, view, list, colour);
    context.setLineDash([]);
  }
}

function byColour(layer, look, ids) {
  const groups = new Map();
  for (const i of ids) {
    const colour = colourOf(look, i);
    if (!groups.has(colour)) groups.set(colour, []);
    groups.get(colour).push(i);
  }
  return groups;
}

const colourOf = ({ shown }, i) => (shown.ofFeature[i] === MISSING_CLASS ? NO_DATA_COLOUR : shown.classes[shown.ofFeature[i]].colour);

function strokeAll(context, view, ids, colour) {
  context.strokeStyle = colour;
  context.beginPath();
  for (const i of ids) trace(context, view, i, true);
  context.stroke();
}

function paintLine(context, view, look, i) {
  const wide = 2.2 * look.size(i);
  context.beginPath();
  trace(context, view, i, false);
  context.strokeStyle = "rgba(255,255,255,.85)";
  context.lineWidth = wide + 2;
  context.stroke();
  context.strokeStyle = colourOf(look, i);
  context.lineWidth = wide;
  context.stroke();
}

const dotRadius = (look, i) => 4.5 * look.size(i);

function paintDot(context, view, look, i) {
  const { layer, scale, west, north } = view;
  context.fillStyle = colourOf(look, i);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.4;
  for (let ring = layer.ringStart[i]; ring < layer.ringStart[i + 1]; ring++) {
    const at = layer.vertexStart[ring];
    context.beginPath();
    context.arc((layer.x[at] - west) * scale, (layer.y[at] - north) * scale, dotRadius(look, i), 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
