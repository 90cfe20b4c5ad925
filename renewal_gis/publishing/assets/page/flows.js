// From where dwellings are lost to where they are rebuilt: as wide as they are many, a ring where it is the same place.
const FLOW_COLOUR = "#7a3b14";
const flowWidth = (dwellings) => Math.max(1, Math.sqrt(dwellings) * 0.7);
const flowRadius = (dwellings) => 4 + Math.sqrt(dwellings) * 0.8;

// Flows as the study draws them, else those the operations tell: a production on a site, for a perimeter.
function flowsHeld() {
  const given = (state.small.flows || []).filter(({ shape }) => shape);
  if (given.length) return given.map((record) => ({ ...flowEnds(record), dwellings: record.values.dwellings || 0, values: record.values }));
  return toldFlows();
}

function flowEnds({ shape }) {
  const line = shape.type === "LineString" ? shape.coordinates : shape.type === "MultiLineString" ? shape.coordinates[0] : null;
  const from = line ? line[0] : firstPair(shape.coordinates);
  return { from, to: line ? line[line.length - 1] : from };
}

const firstPair = (coordinates) => (typeof coordinates[0] === "number" ? coordinates : firstPair(coordinates[0]));

function toldFlows() {
  const at = (layer, id) => ((state.small[layer] || []).find((record) => known(id) && record.id === String(id)) || {}).at;
  const operations = DOCUMENT.calendar ? DOCUMENT.calendar.operations : [];
  return operations.filter((one) => one.kind === "production" && one.dwellings)
    .map(({ perimeter, site, dwellings, id, name }) => ({ from: at("perimeters", perimeter), to: at("sites", site), dwellings, values: { origin: perimeter, to: site, to_kind: "site", dwellings, operations: name || id } }))
    .filter(({ from, to }) => from && to);
}

function drawFlows() {
  state.flows = flowsHeld();
  if (state.flows.length) switchableTwice("flows", flowsIn, false, drawLegend);
}

function flowsIn(map, suffix) {
  const group = L.featureGroup();
  for (const flow of state.flows) {
    const say = (event) => showPopup(event.latlng, () => flowPopup(flow), { on: map });
    const look = { pane: "flows" + suffix, renderer: svgIn("flows" + suffix), color: FLOW_COLOUR, fill: false, bubblingMouseEvents: false };
    if (flow.from.join() === flow.to.join()) {
      group.addLayer(L.circleMarker([flow.to[1], flow.to[0]], { ...look, radius: flowRadius(flow.dwellings), weight: 3, fill: true, fillColor: "#ffffff", fillOpacity: 0.55 }).on("click", say));
      continue;
    }
    const path = curve(flow.from, flow.to);
    group.addLayer(L.polyline(path, { ...look, color: "#fff", interactive: false, weight: flowWidth(flow.dwellings) + 2.4, opacity: 0.8 }));
    group.addLayer(L.polyline(path, { ...look, weight: flowWidth(flow.dwellings) }).on("click", say));
    group.addLayer(L.circleMarker([flow.to[1], flow.to[0]], { ...look, radius: 5, weight: 2, fill: true, fillColor: "#fff", fillOpacity: 1 }).on("click", say));
  }
  return group;
}

const placeName = (layer, id) => {
  const record = known(id) && id !== "" ? (state.small[layer] || []).find((one) => one.id === String(id)) : null;
  return record && known(record.values.name) ? String(record.values.name) : known(id) && id !== "" ? String(id) : word("popup.missing");
};
const FLOW_PLACES = { site: "sites", perimeter: "perimeters", commune: "communes" };

function flowPopup({ values, dwellings }) {
  const rows = [
    fact(word("flows.from"), placeName("perimeters", values.origin)),
    fact(word("flows.to"), placeName(own(FLOW_PLACES, values.to_kind) || "sites", values.to)),
    fact(word("popup.dwellings"), tidy(dwellings)),
  ];
  if (known(values.operations)) rows.push(fact(word("flows.operations"), values.operations));
  if (values.length_m > 0) rows.push(fact(word("flows.length"), quantity(values.length_m / 1000, 1, "km")));
  return element("div", { class: "said" }, heading(word("flows.title"), natureTag("operations")), facts(...rows), sourcePart("flows"));
}

function flowLegend() {
  if (!state.layers.flows || !state.layers.flows.visible) return null;
  const apart = state.flows.filter(({ from, to }) => from.join() !== to.join());
  const most = Math.max(1, ...apart.map(({ dwellings }) => dwellings));
  const samples = [...new Set([most / 10, most / 2, most].map((many) => Math.max(1, roundly(many))))];
  const line = (many) => element("li", { class: "plain" }, lineSwatch({ stroke: FLOW_COLOUR, "stroke-width": flowWidth(many) }), element("span", { text: word("sites.dwellings", { count: number(many) }) }));
  return element("section", { class: "scale" },
    element("h2", {}, element("span", { text: word("flows.title") }), natureTag("operations")),
    element("ul", {}, ...(apart.length ? samples.map(line) : []), apart.length < state.flows.length
      ? element("li", { class: "plain" }, dotSwatch({ fill: "#fff", stroke: FLOW_COLOUR, "stroke-width": 2.5 }), element("span", { text: word("flows.here") })) : null));
}

// One digit that counts: 137 is shown as 100, 460 as 500.
const roundly = (value) => Number(value.toPrecision(1));

function curve([x0, y0], [x1, y1]) {
  const bend = [(x0 + x1) / 2 - (y1 - y0) * 0.25, (y0 + y1) / 2 + (x1 - x0) * 0.1];
  return Array.from({ length: 17 }, (_, k) => {
    const t = k / 16;
    return [(1 - t) ** 2 * y0 + 2 * t * (1 - t) * bend[1] + t * t * y1, (1 - t) ** 2 * x0 + 2 * t * (1 - t) * bend[0] + t * t * x1];
  });
}
