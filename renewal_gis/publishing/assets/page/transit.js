// Lines, and stops by class: their colour is the class the study gives them, their size their departures.
const RAIL_MODES = ["tram", "metro", "rail"];
const stopColour = (mode) => (mode === "tram" || mode === "metro" ? "#8a2f6b" : mode === "rail" ? "#333333" : "#2c6e8f");
const stopRadius = (departures) => 2.6 + Math.min(8, Math.sqrt(Math.max(0, departures || 0)) * 1.25);

// In the colour of their stops, the wider the more often they run; on their published course, or straight, which is said.
const lineWidth = ({ values }) => (RAIL_MODES.includes(values.mode) ? 2.4 : 1.2) + Math.min(2.6, Math.sqrt(Math.max(0, values.departures_day || 0)) / 5);
const lineLook = (record) => ({ stroke: stopColour(record.values.mode), "stroke-width": lineWidth(record) });

function drawLines() {
  const records = state.small.lines || [];
  const looks = (record, under) => ({ color: under ? "#ffffff" : stopColour(record.values.mode), weight: lineWidth(record) + (under ? 2 : 0), opacity: under ? 0.8 : 1, fill: false });
  const made = (_, suffix) => L.featureGroup([true, false].map((under) => shapes(records, "rails" + suffix, (record) => looks(record, under))));
  switchableTwice("lines", made, false, drawLegend);
}

const lineEnds = ({ values }) => (known(values.from_stop) && known(values.to_stop) ? `${values.from_stop} → ${values.to_stop}` : null);

// Whether the timetable publishes the course of some line: then each says whether it is drawn on it.
const COURSES = ["published", "partly", "straight"];
const courseOf = ({ values }) => (COURSES.includes(values.course) ? values.course : "straight");
const someCourse = () => (state.small.lines || []).some((record) => courseOf(record) !== "straight");
const courseSaid = (record) => (someCourse() ? word("popup.course." + courseOf(record)) : null);

// The lines that pass within a few pixels of a place, the most frequent first.
function lineParts(latlng) {
  if (!state.layers.lines || !state.layers.lines.visible) return [];
  const there = (state.small.lines || []).filter((record) => passes(record.shape, latlng)).sort((a, b) => (b.values.departures_day || 0) - (a.values.departures_day || 0));
  const parts = there.map((record) => {
    const { mode, name, departures_day: runs } = record.values;
    const more = [lineEnds(record), known(runs) ? word("popup.runs", { count: number(runs) }) : null, courseSaid(record)].filter(known).join(" · ");
    return element("p", { class: "zone" }, lineSwatch(lineLook(record)),
      element("b", { text: codeLabel("mode", mode) + " " }), element("b", { class: "data", text: known(name) ? name : record.id }), element("span", { class: "data", text: more ? " · " + more : "" }), natureTag("lines"));
  });
  return parts.length ? [...parts, ...datedFacts()] : [];
}

function lineLegend() {
  if (!state.layers.lines || !state.layers.lines.visible) return null;
  const records = state.small.lines || [];
  const modes = [...new Set(records.map(({ values }) => values.mode))];
  const row = (mode) => {
    const held = records.filter(({ values }) => values.mode === mode);
    const usual = [...held].sort((a, b) => lineWidth(a) - lineWidth(b))[held.length >> 1];
    const names = new Set(held.map(({ id, values }) => (known(values.name) ? String(values.name) : id)));
    return element("li", { class: "plain" }, lineSwatch(lineLook(usual)), element("span", { class: "data", text: codeLabel("mode", mode) }), element("b", { text: number(names.size) }));
  };
  return element("section", { class: "scale", id: "legend-lines" },
    element("h2", {}, element("span", { text: word("legend.lines") }), natureTag("lines")),
    element("ul", {}, ...modes.map(row)), element("p", { class: "quiet", text: linesNote(records) }));
}

// A line counts once, whatever its directions: as published when all of them are, straight when all are.
function linesNote(records) {
  if (!someCourse()) return word("legend.linesNote");
  const courses = new Map();
  for (const record of records) {
    const name = JSON.stringify([record.values.mode, known(record.values.name) ? String(record.values.name) : record.id]);
    const course = courseOf(record);
    courses.set(name, courses.has(name) && courses.get(name) !== course ? "partly" : course);
  }
  const counts = COURSES.map((course) => [course, [...courses.values()].filter((one) => one === course).length]);
  return word("legend.linesCourses", { counts: counts.filter(([, count]) => count).map(([course, count]) => word("legend.lines." + course, { count: number(count) })).join(", ") });
}

function passes(shape, latlng) {
  if (!shape) return false;
  const place = state.map.latLngToLayerPoint(latlng);
  const lines = shape.type === "LineString" ? [shape.coordinates] : shape.type === "MultiLineString" ? shape.coordinates : [];
  return lines.some((line) => {
    const points = line.map(([lon, lat]) => state.map.latLngToLayerPoint([lat, lon]));
    return points.some((point, k) => k > 0 && L.LineUtil.pointToSegmentDistance(place, points[k - 1], point) <= 6);
  });
}

// The classes of the stops, the best first, each with its colour; one without a class has none.
const stopClasses = () => DOCUMENT.stopClasses.map((label, rank) => ({ label, colour: DOCUMENT.colours.stops[rank] }));
const classColour = ({ values }) => (stopClasses().find(({ label }) => label === values.category) || { colour: "#ffffff" }).colour;

// From afar only trams and trains: hundreds of bus stops would hide the territory.
function drawStops() {
  switchableTwice("stops", stopsIn, true, drawLegend);
  state.map.on("zoomend", () => state.layers.stops.visible && drawStopLegend());
}

function stopsIn(map, suffix) {
  const records = (state.small.stops || []).filter(({ at }) => at);
  const renderer = pointRenderer("stops" + suffix, records.length);
  const marks = records.map((record) => ({
    rail: RAIL_MODES.includes(record.values.mode),
    departures: record.values.departures_h,
    mark: L.circleMarker([record.at[1], record.at[0]], { renderer, pane: "stops" + suffix, color: stopColour(record.values.mode), weight: 2, fillColor: classColour(record), fillOpacity: 1, bubblingMouseEvents: false })
      .on("click", (event) => showPopup(event.latlng, () => stopPopup(record), { on: map })),
  }));
  const group = L.layerGroup();
  const arrange = () => {
    const zoom = map.getZoom();
    const scale = zoom >= 15 ? 1 : zoom >= 13 ? 0.75 : zoom >= 11 ? 0.5 : 0.32;
    for (const { rail, departures, mark } of marks) {
      mark.setRadius(stopRadius(departures) * scale);
      mark.setStyle({ weight: zoom >= 14 ? 2 : 1.4 });
      if (zoom >= 14 || rail) group.addLayer(mark);
      else group.removeLayer(mark);
    }
  };
  map.on("zoomend", arrange);
  arrange();
  return group;
}

function stopPopup({ id, values }) {
  const rows = [
    fact(word("popup.mode"), codeLabel("mode", values.mode)),
    ...(known(values.category) ? [fact(word("popup.category"), values.category)] : []),
    fact(word("popup.departuresHour"), known(values.departures_h) ? number(values.departures_h, 1) : null),
    fact(word("popup.departuresDay"), known(values.departures_day) ? number(values.departures_day) : null),
  ];
  if (known(values.lines)) rows.push(fact(word("popup.lines"), values.lines));
  return element("div", { class: "said" }, heading(values.name || id, natureTag("stops")), facts(...rows), sourcePart("stops"), ...datedFacts());
}

// Only near: from afar most stops are not drawn.
const stopsShown = () => DOCUMENT.stopClasses.length > 0 && state.layers.stops && state.layers.stops.visible && state.map.getZoom() >= 14;

function stopLegend() {
  if (!stopsShown()) return null;
  const records = state.small.stops;
  const row = (label, colour, count) => element("li", { class: "plain" }, dotSwatch({ fill: colour, stroke: "#2c6e8f", "stroke-width": 2 }), element("span", { class: "data", text: label }), element("b", { text: number(count) }));
  const without = records.filter(({ values }) => !known(values.category)).length;
  return element("section", { class: "scale", id: "legend-stops" },
    element("h2", {}, element("span", { text: word("legend.stopClasses") }), natureTag("stops")),
    element("p", { class: "heads" }, element("span", { text: word("legend.stopSize") })),
    element("ul", {}, ...stopClasses().map(({ label, colour }) => row(label, colour, records.filter(({ values }) => values.category === label).length)),
      without ? row(word("legend.noClass"), "#ffffff", without) : null));
}

// Crossing the zoom where stops appear: their part of the legend comes and goes.
function drawStopLegend() {
  if (Boolean(byId("legend-stops")) !== Boolean(stopsShown())) drawLegend();
}

// A transit number is worth nothing without its date: the study's facts stand under it.
const datedFacts = () => [element("p", { class: "quiet data", text: factLines().join(" · ") })];
const factLines = () => DOCUMENT.facts.map(({ label, value }) => named(spoken(label), spoken(value)));
