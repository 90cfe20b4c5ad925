// Services by basket group and stops by departures.
// One colour per family: education, health, shops, counters, leisure, trains.
const FAMILIES = [
  ["#1f5f99", "ecole", "college", "creche", "loisirs"],
  ["#a3312b", "medecin", "pharmacie"],
  ["#9a6a00", "courses", "boulangerie"],
  ["#5b4a8a", "poste", "mairie", "banque"],
  ["#2f6d3f", "bibliotheque", "sport", "social"],
];
const serviceColour = (group) => (FAMILIES.find((family) => family.includes(group, 1)) || ["#333333"])[0];
const MANY = 4000; // beyond, points go to one canvas instead of one element each

const drawing = {};
function pointRenderer(pane, count) {
  if (count <= MANY) return svgIn(pane);
  drawing[pane] = drawing[pane] || L.canvas({ pane });
  return drawing[pane];
}

function drawServices() {
  const records = state.small.services || [];
  const groups = new Map();
  for (const record of records) {
    const key = known(record.values.group) ? String(record.values.group) : "?";
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(record);
  }
  const order = Object.keys(own(DOCUMENT.codes, "group") || {});
  const place = (key) => (order.indexOf(key) + 1 || order.length + 1);
  state.serviceGroups = [...groups.entries()].map(([key, list]) => ({ key, list })).sort((a, b) => place(a.key) - place(b.key));
  const renderer = pointRenderer("services", records.length);
  for (const { key, list } of state.serviceGroups) {
    const marks = list.filter(({ shape, at }) => shape && at).map((record) =>
      L.circleMarker([record.at[1], record.at[0]], { renderer, pane: "services", radius: 5.5, color: "#ffffff", weight: 1.6, fillColor: serviceColour(key), fillOpacity: 1, bubblingMouseEvents: false })
        .on("click", (event) => showPopup(event.latlng, () => servicePopup(record))));
    switchable("services:" + key, L.layerGroup(marks), false);
  }
}

function servicePopup({ values }) {
  const rows = [fact(word("popup.service"), codeLabel("group", values.group))];
  if (known(values.capacity)) rows.push(fact(word("popup.capacity"), tidy(values.capacity)));
  if (known(values.vintage)) rows.push(fact(word("popup.vintage"), values.vintage));
  return element("div", { class: "said" }, heading(values.name || codeLabel("group", values.group), natureTag("services")), facts(...rows));
}

const RAIL_MODES = ["tram", "metro", "rail"];
const stopColour = (mode) => (mode === "tram" || mode === "metro" ? "#8a2f6b" : mode === "rail" ? "#333333" : "#2c6e8f");
const stopRadius = (departures) => 2.6 + Math.min(8, Math.sqrt(Math.max(0, departures || 0)) * 1.25);

// Lines of transit, in the colour of their stops.
function drawLines() {
  const records = state.small.lines || [];
  const looks = (record, under) => ({ color: under ? "#ffffff" : stopColour(record.values.mode), weight: (RAIL_MODES.includes(record.values.mode) ? 3 : 1.6) + (under ? 2 : 0), opacity: under ? 0.8 : 1, fill: false });
  switchable("lines", L.featureGroup([shapes(records, "rails", (record) => looks(record, true)), shapes(records, "rails", (record) => looks(record, false))]), false);
}

// From afar only trams and trains: hundreds of bus stops would hide the territory.
function drawStops() {
  const records = (state.small.stops || []).filter(({ at }) => at);
  const renderer = pointRenderer("stops", records.length);
  const marks = records.map((record) => ({
    rail: RAIL_MODES.includes(record.values.mode),
    departures: record.values.departures_h,
    mark: L.circleMarker([record.at[1], record.at[0]], { renderer, pane: "stops", color: stopColour(record.values.mode), weight: 2, fillColor: "#ffffff", fillOpacity: 1, bubblingMouseEvents: false })
      .on("click", (event) => showPopup(event.latlng, () => stopPopup(record))),
  }));
  const group = L.layerGroup();
  const arrange = () => {
    const zoom = state.map.getZoom();
    const scale = zoom >= 15 ? 1 : zoom >= 13 ? 0.75 : zoom >= 11 ? 0.5 : 0.32;
    for (const { rail, departures, mark } of marks) {
      mark.setRadius(stopRadius(departures) * scale);
      mark.setStyle({ weight: zoom >= 14 ? 2 : 1.4 });
      if (zoom >= 14 || rail) group.addLayer(mark);
      else group.removeLayer(mark);
    }
  };
  state.map.on("zoomend", () => state.layers.stops.visible && arrange());
  switchable("stops", group, true, (visible) => visible && arrange());
}

function stopPopup({ id, values }) {
  const rows = [
    fact(word("popup.mode"), codeLabel("mode", values.mode)),
    fact(word("popup.departuresHour"), known(values.departures_h) ? number(values.departures_h, 1) : null),
    fact(word("popup.departuresDay"), known(values.departures_day) ? number(values.departures_day) : null),
  ];
  if (known(values.lines)) rows.push(fact(word("popup.lines"), values.lines));
  return element("div", { class: "said" }, heading(values.name || id, natureTag("stops")), facts(...rows), ...datedFacts());
}

// A transit number is worth nothing without its date: the study's facts stand under it.
const datedFacts = () => [element("p", { class: "quiet data", text: factLines().join(" · ") })];
const factLines = () => DOCUMENT.facts.map(({ label, value }) => `${spoken(label)}${state.language === "fr" ? "\u202f:" : ":"} ${spoken(value)}`);
