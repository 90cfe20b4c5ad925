// Lines, and stops by class: their colour is the class the study gives them, their size their departures.
const RAIL_MODES = ["tram", "metro", "rail"];
const stopColour = (mode) => (mode === "tram" || mode === "metro" ? "#8a2f6b" : mode === "rail" ? "#333333" : "#2c6e8f");
const stopRadius = (departures) => 2.6 + Math.min(8, Math.sqrt(Math.max(0, departures || 0)) * 1.25);

// In the colour of their stops.
function drawLines() {
  const records = state.small.lines || [];
  const looks = (record, under) => ({ color: under ? "#ffffff" : stopColour(record.values.mode), weight: (RAIL_MODES.includes(record.values.mode) ? 3 : 1.6) + (under ? 2 : 0), opacity: under ? 0.8 : 1, fill: false });
  switchable("lines", L.featureGroup([shapes(records, "rails", (record) => looks(record, true)), shapes(records, "rails", (record) => looks(record, false))]), false, drawLegend);
}

// The lines that pass within a few pixels of a place.
function lineParts(latlng) {
  if (!state.layers.lines || !state.layers.lines.visible) return [];
  return (state.small.lines || []).filter((record) => passes(record.shape, latlng)).map((record) =>
    element("p", { class: "zone" }, lineSwatch({ stroke: stopColour(record.values.mode), "stroke-width": 3 }),
      element("b", { text: codeLabel("mode", record.values.mode) + " " }), element("span", { class: "data", text: known(record.values.name) ? record.values.name : record.id }), natureTag("lines")));
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
  const records = (state.small.stops || []).filter(({ at }) => at);
  const renderer = pointRenderer("stops", records.length);
  const marks = records.map((record) => ({
    rail: RAIL_MODES.includes(record.values.mode),
    departures: record.values.departures_h,
    mark: L.circleMarker([record.at[1], record.at[0]], { renderer, pane: "stops", color: stopColour(record.values.mode), weight: 2, fillColor: classColour(record), fillOpacity: 1, bubblingMouseEvents: false })
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
  state.map.on("zoomend", () => {
    if (!state.layers.stops.visible) return;
    arrange();
    drawStopLegend();
  });
  switchable("stops", group, true, (visible) => {
    if (visible) arrange();
    drawLegend();
  });
}

function stopPopup({ id, values }) {
  const rows = [
    fact(word("popup.mode"), codeLabel("mode", values.mode)),
    ...(known(values.category) ? [fact(word("popup.category"), values.category)] : []),
    fact(word("popup.departuresHour"), known(values.departures_h) ? number(values.departures_h, 1) : null),
    fact(word("popup.departuresDay"), known(values.departures_day) ? number(values.departures_day) : null),
  ];
  if (known(values.lines)) rows.push(fact(word("popup.lines"), values.lines));
  return element("div", { class: "said" }, heading(values.name || id, natureTag("stops")), facts(...rows), ...datedFacts());
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
const factLines = () => DOCUMENT.facts.map(({ label, value }) => `${spoken(label)}${state.language === "fr" ? "\u202f:" : ":"} ${spoken(value)}`);
