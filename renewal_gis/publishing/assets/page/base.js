// The map itself and what lies under everything: land, sectors, water, railways, names of the communes.
const PANES = {
  land: 200, backdrop: 210, sectors: 205, streets: 220, surface: 222, surfaceB: 223, rails: 225, stock: 230, stockB: 231, works: 235, outlines: 300,
  isochrones: 305, constraints: 310, perimeters: 320, chosen: 330, flows: 340, sites: 400, sitesB: 401, services: 420, stops: 430,
  calendar: 440, calendarB: 441, names: 450, badges: 600, badgesB: 601,
};
const TOUCHED = ["flows", "sites", "sitesB", "services", "stops", "calendar", "calendarB", "badges", "badgesB"];

const ZOOM_STEP = 0.25; // a territory seldom fits a whole zoom

// A map with its panes; those of the right half bear other names, as a pane's renderer serves one map.
function paned(id, suffix) {
  const map = L.map(id, { zoomControl: false, attributionControl: false, fadeAnimation: false, zoomSnap: ZOOM_STEP, minZoom: 8, maxZoom: 19, closePopupOnClick: false, trackResize: false });
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.createPane(name + suffix);
    pane.style.zIndex = level;
    if (!TOUCHED.includes(name)) pane.style.pointerEvents = "none";
  }
  map.on("zoomend", () => map.getContainer().classList.toggle("close-view", map.getZoom() >= 14));
  return map;
}

function madeMap() {
  const map = paned("map", "");
  state.zoomControl = L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 160, position: "bottomright" }).addTo(map);
  return map;
}

// Room the legend takes on the left, when the window is wide enough to spare it; two maps leave it a column.
function clearOfLegend() {
  const legend = byId("legend");
  const printed = document.documentElement.classList.contains("printing");
  // On a phone the search lies over the upper one, what they show between the two.
  if (stacked()) return { paddingTopLeft: [12, 58], paddingBottomRight: [12, 46] };
  const wide = legend.open && !RIGHT.shown && (printed || state.map.getSize().x > 640);
  return { paddingTopLeft: [wide ? legend.offsetWidth + 22 : 12, 12 + underSaid()], paddingBottomRight: [12, legend.open ? 12 : legend.offsetHeight + 16] };
}

// On a phone two maps stand one above the other.
const stacked = () => RIGHT.shown && !document.documentElement.classList.contains("printing") && window.matchMedia("(max-width: 760px)").matches;

// What each half shows is written over its top, which is left free where there is room for it.
function underSaid() {
  const said = byId("divider-said").firstChild;
  if (!state.swipe.on || !said || stacked() || state.map.getSize().y < 400) return 0;
  return Math.max(0, said.getBoundingClientRect().bottom - byId("map").getBoundingClientRect().top);
}

// On a phone the map stands above the tables: what they point at must come into view.
function bringMap() {
  const stage = document.querySelector(".stage");
  if (window.matchMedia("(max-width: 760px)").matches) stage.scrollIntoView({ block: "start" });
}

function fitAll() {
  if (DOCUMENT.bounds) state.map.fitBounds(DOCUMENT.bounds, { ...clearOfLegend(), animate: false });
  else state.map.setView([46.6, 2.4], 6);
}

// The same, which is not a move of the reader's.
function fitWhole() {
  fitAll();
  state.moved = false;
  keepLink();
}

// The frame changed: the reader's view is kept, the whole territory is fitted again.
function reframe() {
  const { moved: readers } = state;
  const centre = state.map.getCenter();
  state.map.invalidateSize({ pan: false });
  if (readers) state.map.setView(centre, state.map.getZoom(), { animate: false });
  else fitAll();
  state.moved = readers;
  resizeRight();
}

// A switchable group, drawn when `visible`; a function makes it when it is first shown.
function switchable(key, made, visible, after) {
  let group = typeof made === "function" ? null : made;
  const entry = {
    visible,
    first: visible,
    set(wanted) {
      entry.visible = wanted;
      if (wanted && !group && made) group = made();
      if (group && wanted) group.addTo(state.map);
      else if (group) group.remove();
      if (after) after(wanted);
      fillRight();
      keepLink();
    },
  };
  state.layers[key] = entry;
  entry.set(visible);
  return entry;
}

// The same, for a group the right half draws too: `made(map, suffix)` draws it in the panes of one map.
const bothHalves = {};
function switchableTwice(key, made, visible, after) {
  bothHalves[key] = made;
  return switchable(key, () => made(state.map, ""), visible, after);
}

const paths = {};
function svgIn(pane) {
  paths[pane] = paths[pane] || L.svg({ pane, padding: 0.5 });
  return paths[pane];
}

// One element a feature, or one a style where there are many features and none is touched.
const MANY_SHAPES = 400;

function shapes(records, pane, style, { apart = false } = {}) {
  const group = L.featureGroup();
  for (const record of apart ? records || [] : gathered(records || [], style)) {
    if (!record.shape) continue;
    const look = { pane, renderer: svgIn(pane), interactive: false, fillRule: "nonzero", ...style(record) };
    L.geoJSON(record.shape, { ...look, style: () => look, pointToLayer: (_, at) => L.circleMarker(at, { radius: 5, ...look }) })
      .eachLayer((layer) => { layer.record = record; group.addLayer(layer); });
  }
  return group;
}

function gathered(records, style) {
  if (records.length <= MANY_SHAPES) return records;
  const together = new Map();
  const others = [];
  for (const record of records) {
    const { shape } = record;
    const kind = shape && /^(Multi)?(Polygon|LineString)$/.exec(shape.type);
    if (!kind) {
      others.push(record);
      continue;
    }
    const key = kind[2] + JSON.stringify(style(record));
    if (!together.has(key)) together.set(key, { ...record, shape: { type: "Multi" + kind[2], coordinates: [] } });
    const parts = together.get(key).shape.coordinates;
    for (const part of kind[1] ? shape.coordinates : [shape.coordinates]) parts.push(part);
  }
  return [...together.values(), ...others];
}

function drawBase() {
  const communes = state.small.communes || [];
  state.communeNames = Object.create(null);
  state.communeSectors = Object.create(null);
  for (const { id, values } of communes) {
    state.communeNames[id] = known(values.name) ? String(values.name) : id;
    state.communeSectors[id] = values.sector;
  }
  const { land, ...groups } = groundIn("");
  land.addTo(state.map);
  for (const [key, group] of Object.entries(groups)) switchable(key, group, true, drawLegend);
  drawNames(communes);
}

// The ground in the panes of one half: land, outlines, sectors, water and railways.
function groundIn(suffix) {
  const communes = state.small.communes || [];
  const outline = (look) => shapes(communes, "outlines" + suffix, () => ({ fill: false, ...look }));
  const { areas, lines } = backdropLooks(suffix);
  return {
    land: shapes(communes, "land" + suffix, () => ({ stroke: false, fillColor: "#fbfaf7", fillOpacity: 1 })),
    communes: L.featureGroup([outline({ color: "#ffffff", weight: 3, opacity: 0.7 }), outline({ color: "#6f6b62", weight: 0.9, opacity: 0.9 })]),
    sectors: shapes(communes, "sectors" + suffix, sectorStyle),
    backdrop: L.featureGroup([areas, lines]),
  };
}

function sectorStyle({ values }) {
  const colour = own(DOCUMENT.colours.sector, values.sector);
  const marked = colour && values.sector !== "other";
  return { stroke: false, fill: Boolean(marked), fillColor: colour, fillOpacity: 0.15 };
}

const trackSwatch = (kind) => (kind === "tram" ? lineSwatch({ stroke: "#8a2f6b", "stroke-width": 2.4 }) : lineSwatch({ stroke: "#77736b", "stroke-width": 2.2 }, { stroke: "#f4f2ed", "stroke-width": 1, "stroke-dasharray": "6 6" }));

function backdropLooks(suffix) {
  const records = state.small.backdrop || [];
  const isLine = ({ shape }) => shape && shape.type.includes("Line");
  const areas = shapes(records.filter((record) => !isLine(record)), "backdrop" + suffix, ({ values }) =>
    values.kind === "water"
      ? { stroke: false, fillColor: "#b4d2e4", fillOpacity: 1 }
      : { stroke: false, fillColor: "#d9e5cc", fillOpacity: values.kind === "green" ? 1 : 0.4 });
  const lines = L.featureGroup();
  const add = (kind, pane, look) =>
    shapes(records.filter((record) => isLine(record) && kind(record.values.kind)), pane + suffix, () => look).eachLayer((layer) => lines.addLayer(layer));
  add((kind) => kind === "water", "backdrop", { color: "#9cc3da", weight: 3 });
  add((kind) => kind === "green", "backdrop", { color: "#c3d6b0", weight: 3 });
  add((kind) => kind === "rail", "rails", { color: "#77736b", weight: 2.2 });
  add((kind) => kind === "rail", "rails", { color: "#f4f2ed", weight: 1, dashArray: "6 6" });
  add((kind) => kind === "tram", "rails", { color: "#ffffff", weight: 5 });
  add((kind) => kind === "tram", "rails", { color: "#8a2f6b", weight: 2.4 });
  return { areas, lines };
}

// Names are placed from the largest commune to the smallest; one that would touch another waits for a closer view.
const NAME_SHIFTS = [0, -20, 20, -34, 34];

function drawNames(communes) {
  const { group, arrange } = namesIn(communes, state.map, "");
  switchable("labels", group, true, (visible) => visible && state.opened && arrange());
  state.arrangeNames = arrange;
}

function namesIn(communes, map, suffix) {
  const group = L.layerGroup();
  const marks = communes
    .filter(({ at }) => at)
    .sort((a, b) => (b.values.population || 0) - (a.values.population || 0))
    .map(({ id, at }) => {
      const text = element("span", { class: "commune-name data", text: state.communeNames[id] });
      const icon = L.divIcon({ html: text, className: "name-anchor", iconSize: [0, 0] });
      const mark = L.marker([at[1], at[0]], { icon, pane: "names" + suffix, interactive: false, keyboard: false });
      group.addLayer(mark);
      return { mark, text };
    });
  const arrange = () => {
    map.getContainer().classList.toggle("far-view", map.getZoom() < 12);
    if (!map.hasLayer(group)) return;
    // Badges and discs would hide a name: it is tried a little above and below.
    const taken = [...document.querySelectorAll(".badge-anchor, .pie-anchor svg")].map((badge) => badge.getBoundingClientRect());
    for (const { text } of marks) {
      text.hidden = false;
      text.style.marginTop = text.style.marginLeft = "0";
    }
    const placed = marks.map(({ text }) => text.getBoundingClientRect());
    const frame = map.getContainer().getBoundingClientRect();
    const key = byId("legend").getBoundingClientRect();
    marks.forEach(({ text }, k) => {
      const { top, bottom } = placed[k];
      const aside = insideFrame(placed[k], frame, key);
      const [left, right] = [placed[k].left + aside, placed[k].right + aside];
      text.style.marginLeft = aside + "px";
      const free = (shift) => taken.every((t) => right < t.left || left > t.right || bottom + shift < t.top || top + shift > t.bottom);
      const shift = NAME_SHIFTS.find(free);
      text.hidden = shift === undefined;
      if (text.hidden) return;
      text.style.marginTop = shift + "px";
      taken.push({ left, right, top: top + shift, bottom: bottom + shift });
    });
  };
  map.on("zoomend resize dragend", arrange);
  return { group, arrange };
}

// How far a name is moved aside, so that neither the edge of the map nor the legend cuts it.
function insideFrame({ left, right, top, bottom }, frame, key) {
  const middle = (left + right) / 2;
  const beside = bottom > key.top && top < key.bottom && middle > key.right;
  const west = beside ? Math.max(frame.left, key.right) : frame.left;
  if (middle < west || middle > frame.right) return 0;
  return Math.max(0, west + 3 - left) - Math.max(0, right + 3 - frame.right);
}

// Is a place inside a GeoJSON polygon?
function holds(shape, latlng) {
  if (!shape) return false;
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.type === "MultiPolygon" ? shape.coordinates : [];
  let odd = false;
  for (const rings of polygons) {
    for (const ring of rings) {
      for (let a = 0, b = ring.length - 1; a < ring.length; b = a++) {
        const [xa, ya] = ring[a];
        const [xb, yb] = ring[b];
        if (ya > latlng.lat !== yb > latlng.lat && latlng.lng < ((xb - xa) * (latlng.lat - ya)) / (yb - ya) + xa) odd = !odd;
      }
    }
  }
  return odd;
}
