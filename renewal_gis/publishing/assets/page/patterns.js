// Hatches: what is schematic, forbidden or unknown is told by its texture, not by its colour alone.
const KIND_COLOURS = { mining: "#5a3d2b", flood: "#1c66a6", heritage: "#74459b", QPV: "#b0611e", noise: "#6b6b6b", pollution: "#4c6b22", other: "#555555" };
const kindColour = (kind) => own(KIND_COLOURS, kind) || KIND_COLOURS.other;
const LEVEL_NAMES = ["veto", "derogation", "information"];

const madePatterns = new Set();
function pattern(id, size, ...strokes) {
  if (!madePatterns.has(id)) {
    madePatterns.add(id);
    byId("patterns").append(drawn("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, ...strokes));
  }
  return `url(#${id})`;
}

const stroke = (d, colour, width) => drawn("path", { d, stroke: colour, "stroke-width": width, fill: "none" });

// Level as texture: crossed for a veto, oblique for a derogation, dots for information.
function constraintFill(kind, level) {
  const safeKind = own(KIND_COLOURS, kind) ? kind : "other";
  const safeLevel = LEVEL_NAMES.includes(level) ? level : "information";
  const colour = kindColour(safeKind);
  const id = `hatch-${safeKind}-${safeLevel}`;
  if (safeLevel === "veto") return pattern(id, 8, stroke("M0 8L8 0M0 0L8 8", colour, 1.3));
  if (safeLevel === "derogation") return pattern(id, 8, stroke("M-2 2L2 -2M0 8L8 0M6 10L10 6", colour, 1.4));
  return pattern(id, 8, drawn("circle", { cx: 2, cy: 2, r: 1.1, fill: colour }), drawn("circle", { cx: 6, cy: 6, r: 1.1, fill: colour }));
}

const schematicFill = () => pattern("hatch-schematic", 12, stroke("M-3 3L3 -3M0 12L12 0M9 15L15 9", "#47202f", 0.8));
const vetoFill = () => pattern("hatch-veto", 7, drawn("rect", { width: 7, height: 7, fill: "#f3e3df" }), stroke("M0 7L7 0M0 0L7 7", "#8c1d18", 1.2));
const noDataHatch = () => pattern("hatch-nodata", 6, drawn("rect", { width: 6, height: 6, fill: "#efeeea" }), stroke("M-1 1L1 -1M0 6L6 0M5 7L7 5", "#8d8d88", 1.2));

// A little square of the same texture, for lists.
function swatch(attributes) {
  const box = drawn("svg", { class: "swatch", width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" });
  box.append(drawn("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: "none", stroke: "#333", "stroke-width": 1, ...attributes }));
  return box;
}
const lineSwatch = (...lines) =>
  drawn("svg", { class: "swatch", width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" }, ...lines.map((look) => drawn("path", { d: "M1 7H21", fill: "none", ...look })));
const dotSwatch = (look) =>
  drawn("svg", { class: "swatch", width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" }, drawn("circle", { cx: 11, cy: 7, r: 5, stroke: "#333", ...look }));
