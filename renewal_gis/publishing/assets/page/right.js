// The right half as a map of its own: it moves with the left one and draws the same packed layers, held once.
const RIGHT = { map: null, suffix: "C", shown: false, groups: {} };

function setRight(wanted) {
  if (wanted === RIGHT.shown) return wanted && fillRight();
  const centre = state.map.getCenter();
  RIGHT.shown = wanted;
  byId("map-right").hidden = !wanted;
  document.querySelector(".stage").classList.toggle("halved", wanted);
  state.map.invalidateSize({ pan: false });
  if (wanted && !RIGHT.map) openRight();
  if (wanted && state.map.getSize().x <= 640) byId("legend").open = false; // it would hide the half it tells of
  if (state.moved) state.map.setView(centre, state.map.getZoom(), { animate: false });
  else fitWhole();
  if (!wanted) return;
  resizeRight();
  fillRight();
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
  for (const [key, group] of Object.entries(RIGHT.groups)) {
    const wanted = Boolean(state.layers[key] && state.layers[key].visible);
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
