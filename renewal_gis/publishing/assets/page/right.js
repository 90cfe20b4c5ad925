// The right half as a map of its own: it moves with the left one and draws the same packed layers, held once.
const RIGHT = { map: null, suffix: "C", shown: false, groups: {} };

function setRight(wanted) {
  if (wanted === RIGHT.shown) return wanted && fillRight();
  RIGHT.shown = wanted;
  byId("map-right").hidden = !wanted;
  const stage = document.querySelector(".stage");
  stage.classList.toggle("halved", wanted);
  if (wanted && stage.clientWidth < KEYED_FROM) byId("legend").open = false; // it would hide the half it tells of
  stage.classList.toggle("keyed", wanted && byId("legend").open);
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
  RIGHT.groups = { ...ground, perimeters: perimetersIn(RIGHT.suffix), labels: names.group };
  RIGHT.arrange = names.arrange;
  if (state.streets) RIGHT.groups.streets = new PackedTiles(state.streets, paintStreets, { pane: "streets" + RIGHT.suffix });
  if (state.stock) RIGHT.groups.stock = new PackedTiles(state.stock, (context, view) => paintBuildings(context, view, state.swipe.classes), { pane: "stock" + RIGHT.suffix });
  map.on("move", () => follow(map, state.map));
  state.map.on("move", () => RIGHT.shown && follow(state.map, map));
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
    else if (group.repaint) group.repaint();
  }
  RIGHT.arrange();
}

let following = false;
function follow(from, to) {
  if (following) return;
  following = true;
  to.setView(from.getCenter(), from.getZoom(), { animate: false });
  following = false;
}
