// Perimeters and constraints: drawn with textures, described where one clicks.
const isSchematic = (record, layer) =>
  record.values.geometry_quality === "schematic" || (!known(record.values.geometry_quality) && own(DOCUMENT.notices, layer) === "schematic");

function drawPerimeters() {
  const records = state.small.perimeters || [];
  const group = L.featureGroup([
    shapes(records, "perimeters", () => ({ color: "#ffffff", weight: 4, opacity: 0.75, fill: false })),
    shapes(records, "perimeters", (record) =>
      isSchematic(record, "perimeters")
        ? { color: "#47202f", weight: 1.8, dashArray: "7 5", fillColor: schematicFill(), fillOpacity: 0.55 }
        : { color: "#47202f", weight: 2, fillColor: "#47202f", fillOpacity: 0.06 }),
  ]);
  const labels = L.layerGroup();
  switchable("perimeters", group, true, (visible) => (visible ? labels.addTo(state.map) : labels.remove()));
  state.namePerimeters = () => {
    labels.clearLayers();
    for (const record of records.filter(({ at }) => at)) {
      const note = isSchematic(record, "perimeters") ? element("small", { text: word("nature.schematic") }) : null;
      const html = element("span", { class: "perimeter-name" }, element("b", { class: "data", text: record.values.name || record.id }), note);
      const icon = L.divIcon({ html, className: "name-anchor", iconSize: [0, 0] });
      labels.addLayer(L.marker([record.at[1], record.at[0]], { icon, pane: "names", interactive: false, keyboard: false }));
    }
  };
  state.namePerimeters();
  const near = () => byId("map").classList.toggle("close-view", state.map.getZoom() >= 14);
  state.map.on("zoomend", near);
  near();
}

// Isochrones: one layer a walking time, the widest below; hollow enough to read the buildings under them.
const ISOCHRONE_COLOURS = ["#5b2a86", "#8a5fb0", "#b99bd1"];

function isochroneGroups() {
  const minutes = [...new Set((state.small.isochrones || []).map(({ values }) => values.minutes))].sort((a, b) => a - b);
  return minutes.map((limit, rank) => ({
    key: "isochrones:" + limit, limit, colour: ISOCHRONE_COLOURS[Math.min(rank, ISOCHRONE_COLOURS.length - 1)],
    records: state.small.isochrones.filter(({ values }) => values.minutes === limit),
  }));
}

function drawIsochrones() {
  state.isochroneGroups = isochroneGroups();
  for (const { key, colour, records } of [...state.isochroneGroups].reverse()) {
    const group = shapes(records, "isochrones", () => ({ color: colour, weight: 1.6, fillColor: colour, fillOpacity: 0.16 }));
    switchable(key, group, false);
  }
}

function constraintGroups() {
  const found = new Map();
  for (const record of state.small.constraints || []) {
    const kind = own(KIND_COLOURS, record.values.kind) ? record.values.kind : "other";
    const level = LEVEL_NAMES.includes(record.values.level) ? record.values.level : "information";
    const key = kind + ":" + level;
    if (!found.has(key)) found.set(key, { key, kind, level, records: [] });
    found.get(key).records.push(record);
  }
  const kinds = Object.keys(KIND_COLOURS);
  return [...found.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || LEVEL_NAMES.indexOf(a.level) - LEVEL_NAMES.indexOf(b.level));
}

function drawConstraints() {
  state.constraintGroups = constraintGroups();
  for (const { key, kind, level, records } of state.constraintGroups) {
    const group = shapes(records, "constraints", (record) => {
      const line = record.shape.type.includes("Line");
      return {
        color: kindColour(kind), weight: line ? 3 : level === "veto" ? 1.8 : 1, fill: !line,
        fillColor: constraintFill(kind, level), fillOpacity: 0.9, dashArray: isSchematic(record, "constraints") ? "5 4" : null,
      };
    });
    switchable("constraints:" + key, group, false);
  }
}
