// The right half as a map of its own: it moves with the left one and draws the same packed layers, held once.
const RIGHT = { map: null, suffix: "C", shown: false, groups: {} };

function setRight(wanted) {
  if (wanted === RIGHT.shown) return wanted && fillRight();
  RIGHT.shown = wanted;
  byId("map-right").hidden = !wanted;
  const stage = document.querySelector(".stage");
  stage.classList.toggle("halved", wanted);
  // On a narrow screen the open legend would hide the half it tells of; one map gives it back.
  const legend = byId("legend");
  const shuts = wanted && legend.open && stage.clientWidth < KEYED_FROM;
  if (shuts || (!wanted && RIGHT.shut)) legend.open = !shuts;
  RIGHT.shut = shuts;
  stage.classList.toggle("keyed", wanted && legend.open);
  if (wanted && !RIGHT.map) openRight();
  reframe();
  if (wanted) fillRight();
}

// On a wide screen the legend has a column of its own beside the two maps.
const KEYED_FROM = 860;

function keyHalves() {
  const stage = document.querySelector(".stage");
  const keyed = RIGHT.shown && byId("legend").open && stage.clientWidth >= KEYED_FROM;
  if (keyed !== stage.classList.contains("keyed") && !screenView) {
    stage.classList.toggle("keyed", keyed);
    reframe();
  }
}

// Its new size must not move the left map.
function resizeRight() {
  if (!RIGHT.shown) return;
  following = true;
  RIGHT.map.invalidateSize({ pan: false });
  following = false;
  follow(state.map, RIGHT.map);
}

function openRight() {
  const map = (RIGHT.map = paned("map-right", RIGHT.suffix));
  map.setView(state.map.getCenter(), state.map.getZoom(), { animate: false });
  const { land, ...ground } = groundIn(RIGHT.suffix);
  land.addTo(map);
  const names = namesIn(state.small.communes || [], map, RIGHT.suffix);
  RIGHT.groups = { ...ground, perimeters: L.layerGroup([perimetersIn(RIGHT.suffix), perimeterNames(RIGHT.suffix)]), labels: names.group };
  RIGHT.arrange = names.arrange;
  if (state.streets) RIGHT.groups.streets = new PackedTiles(state.streets, paintStreets, { pane: "streets" + RIGHT.suffix, look: () => state.layers.minorStreets.visible });
  if (state.stock) RIGHT.groups.stock = new PackedTiles(state.stock, (context, view) => paintBuildings(context, view, state.swipe.classes), { pane: "stock" + RIGHT.suffix, look: () => state.swipe.classes });
  map.getContainer().classList.toggle("calendar-view", Boolean(state.layers.calendar && state.layers.calendar.visible));
  layBaseMap(map);
  map.on("move moveend", () => follow(map, state.map));
  state.map.on("move moveend", () => RIGHT.shown && follow(state.map, map));
  map.on("click", ({ latlng }) => describe(latlng, map));
  const frame = map.getContainer();
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === frame) describe(map.getCenter(), map);
  });
}

// What the list of layers shows on the left is shown on the right.
function fillRight() {
  if (!RIGHT.shown || !RIGHT.map) return;
  const shown = (key) => Boolean(state.layers[key] && state.layers[key].visible);
  for (const [key, made] of Object.entries(bothHalves)) {
    if (shown(key) && !RIGHT.groups[key]) RIGHT.groups[key] = made(RIGHT.map, RIGHT.suffix);
  }
  for (const [key, group] of Object.entries(RIGHT.groups)) {
    const wanted = shown(key);
    if (!wanted) group.remove();
    else if (!RIGHT.map.hasLayer(group)) group.addTo(RIGHT.map);
    else if (group.refresh) group.refresh();
  }
  RIGHT.arrange();
}

// Discs came, or the legend went: names are placed anew on both maps.
function arrangeAll() {
  if (state.opened) for (const arrange of [state.arrangeNames, RIGHT.shown && RIGHT.arrange]) if (arrange) arrange();
}

// What the reader chose is outlined on both maps.
function outlined(records) {
  for (const group of state.chosen || []) group.remove();
  const drawnOn = (map, suffix) => shapes(records, "chosen" + suffix, () => ({ color: "#111111", weight: 3.5, fill: false })).addTo(map);
  state.chosen = [drawnOn(state.map, ""), ...(RIGHT.shown ? [drawnOn(RIGHT.map, RIGHT.suffix)] : [])];
  return state.chosen[0];
}

let following = false;
function follow(from, to) {
  if (following) return;
  following = true;
  if (from.dragging.moving() && from.getZoom() === to.getZoom()) shift(from, to);
  else to.setView(from.getCenter(), from.getZoom(), { animate: false });
  following = false;
}

// While the reader drags, a map is only moved: its outlines are drawn again when the drag ends, as on the dragged one.
function shift(from, to) {
  const offset = to.latLngToContainerPoint(from.getCenter()).subtract(to.getSize().divideBy(2)).trunc();
  if (!offset.x && !offset.y) return;
  to._rawPanBy(offset);
  to.fire("move");
}
