// Perimeters and constraints: drawn with textures, described where one clicks.
const isSchematic = (record, layer) =>
  record.values.geometry_quality === "schematic" || (!known(record.values.geometry_quality) && own(DOCUMENT.notices, layer) === "schematic");

function perimetersIn(suffix) {
  const records = state.small.perimeters || [];
  return L.featureGroup([
    shapes(records, "perimeters" + suffix, () => ({ color: "#ffffff", weight: 4, opacity: 0.75, fill: false })),
    shapes(records, "perimeters" + suffix, (record) =>
      isSchematic(record, "perimeters")
        ? { color: "#47202f", weight: 1.8, dashArray: "7 5", fillColor: schematicFill(), fillOpacity: 0.55 }
        : { color: "#47202f", weight: 2, fillColor: "#47202f", fillOpacity: 0.06 }),
  ]);
}

function drawPerimeters() {
  switchable("perimeters", L.layerGroup([perimetersIn(""), perimeterNames("")]), true, drawLegend);
  state.namePerimeters = () => Object.keys(perimeterLabels).forEach(perimeterNames);
}

// The names in the panes of one half, written anew in another language.
const perimeterLabels = {};
function perimeterNames(suffix) {
  const labels = (perimeterLabels[suffix] = perimeterLabels[suffix] || L.layerGroup());
  labels.clearLayers();
  for (const record of (state.small.perimeters || []).filter(({ at }) => at)) {
    const note = isSchematic(record, "perimeters") ? element("small", { text: word("nature.schematic") }) : null;
    const html = element("span", { class: "perimeter-name" }, element("b", { class: "data", text: record.values.name || record.id }), note);
    const icon = L.divIcon({ html, className: "name-anchor", iconSize: [0, 0] });
    labels.addLayer(L.marker([record.at[1], record.at[0]], { icon, pane: "names" + suffix, interactive: false, keyboard: false }));
  }
  return labels;
}

// Isochrones: one layer a mode and a time, the widest below; hollow enough to read the buildings under them.
// By transit they are of another hue, and their edge is broken.
const ISOCHRONE_LOOKS = {
  walk: { colours: ["#5b2a86", "#8a5fb0", "#b99bd1"], dash: null, fill: 0.16, words: "layers.isochrone" },
  transit: { colours: ["#0d5c56", "#3f8f86", "#8fbfb7"], dash: "7 4", fill: 0.05, words: "layers.isochroneTransit" },
};
const isochroneMode = ({ values }) => (values.mode === "transit" ? "transit" : "walk");

function isochroneGroups() {
  const records = state.small.isochrones || [];
  return Object.keys(ISOCHRONE_LOOKS).flatMap((mode) => {
    const held = records.filter((record) => isochroneMode(record) === mode);
    const { colours, dash } = ISOCHRONE_LOOKS[mode];
    const minutes = [...new Set(held.map(({ values }) => values.minutes))].sort((a, b) => a - b);
    return minutes.map((limit, rank) => ({
      key: (mode === "walk" ? "isochrones:" : "isochrones:transit:") + limit, mode, limit, dash, colour: colours[Math.min(rank, colours.length - 1)],
      records: held.filter(({ values }) => values.minutes === limit),
    }));
  });
}

const isochroneText = ({ mode, limit }) => word(ISOCHRONE_LOOKS[mode].words, { minutes: tidy(limit) });

function drawIsochrones() {
  state.isochroneGroups = isochroneGroups();
  for (const { key, mode, colour, dash, records } of [...state.isochroneGroups].reverse()) {
    const look = { color: colour, weight: 1.6, dashArray: dash, fillColor: colour, fillOpacity: ISOCHRONE_LOOKS[mode].fill };
    switchableTwice(key, (_, suffix) => shapes(records, "isochrones" + suffix, () => look), false, drawLegend);
  }
}

const isochroneSwatch = ({ colour, dash }) => swatch({ fill: colour, "fill-opacity": 0.3, stroke: colour, ...(dash ? { "stroke-dasharray": "4 2" } : {}) });

function isochroneLegend() {
  const shown = (state.isochroneGroups || []).filter(({ key }) => state.layers[key].visible);
  if (!shown.length) return null;
  return element("section", { class: "scale" },
    element("h2", {}, element("span", { text: word("layers.isochrones") }), natureTag("isochrones")),
    element("ul", {}, ...shown.map((one) => element("li", { class: "plain" }, isochroneSwatch(one), element("span", { text: isochroneText(one) })))));
}

// Who reaches a place in how long: the shown isochrones that hold it.
function isochroneParts(latlng) {
  return (state.isochroneGroups || []).filter(({ key }) => state.layers[key].visible).flatMap((one) =>
    one.records.filter(({ shape }) => holds(shape, latlng)).map((record) =>
      element("p", { class: "zone" }, isochroneSwatch(one), element("span", { class: "data", text: `${isochroneText(one)} · ${known(record.values.name) ? record.values.name : record.values.place}` }), natureTag("isochrones"))));
}

const anySchematic = (layer) => (state.small[layer] || []).some((record) => isSchematic(record, layer));
const perimeterSwatch = () => swatch({ fill: schematicFill(), stroke: "#47202f", "stroke-dasharray": anySchematic("perimeters") ? "4 3" : "none" });
const constraintSwatch = ({ kind, level }) => swatch({ fill: constraintFill(kind, level), stroke: kindColour(kind) });
const constraintText = ({ kind, level }) => `${codeLabel("kind", kind)} · ${inside(codeLabel("level", level))}`;

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
    const made = (_, suffix) => shapes(records, "constraints" + suffix, (record) => {
      const line = record.shape.type.includes("Line");
      return {
        color: kindColour(kind), weight: line ? 3 : level === "veto" ? 1.8 : 1, fill: !line,
        fillColor: constraintFill(kind, level), fillOpacity: 0.9, dashArray: isSchematic(record, "constraints") ? "5 4" : null,
      };
    });
    switchableTwice("constraints:" + key, made, false, drawLegend);
  }
}
