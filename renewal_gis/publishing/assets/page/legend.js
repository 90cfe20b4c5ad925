// The legend on the map: classes of the shown measure with their dwellings, and the scale of the scores.
function showMeasure(key) {
  const asked = performance.now();
  state.shown = key;
  byId("measure").value = key;
  if (state.stock && key) {
    state.classes = classification(state.stock, key);
    state.tiles.repaint();
    noteAfterPaint("recoloured", asked, state.tiles);
  }
  repaintSurface();
  drawLegend();
  drawComparison();
  drawSwipeLabels();
  refillSwipeBox();
  keepLink();
}

// Squares of a grid, in the classes of the shown measure; unpacked when they are first asked for.
function offerSurface() {
  if (!own(DOCUMENT.packed, "surface")) return;
  switchable("surface", null, false, async (visible) => {
    if (visible) await unpackSurface();
    if (!state.surfaceTiles) return;
    if (state.layers.surface.visible) state.surfaceTiles.addTo(state.map);
    else state.surfaceTiles.remove();
    if (state.swipe.on) showSwipe();
    else drawLegend();
  });
}

async function unpackSurface() {
  if (!state.unpacking) state.unpacking = packedLayer("surface");
  const surface = await state.unpacking;
  if (!surface || state.surface) return;
  state.surface = surface;
  state.surfaceTiles = new PackedTiles(surface, (context, view) => paintBuildings(context, view, state.surfaceClasses), { pane: "surface" });
  bothHalves.surface = (_, suffix) => new PackedTiles(surface, (context, view) => paintBuildings(context, view, state.swipe.grid), { pane: "surface" + suffix, look: () => state.swipe.grid });
  repaintSurface();
}

const gridHolds = (key) => Boolean(measureOf(key)) && DOCUMENT.packed.surface.columns.some(({ name }) => name === key);
const gridClasses = (key) => (state.surface && gridHolds(key) ? classification(state.surface, key) : null);

function repaintSurface() {
  if (!state.surface) return;
  state.surfaceClasses = gridClasses(state.shown);
  state.surfaceTiles.repaint();
}

// Same classes in the other language: labels change, nothing is counted again on the map.
function relabel() {
  if (!state.stock) return;
  if (state.shown) state.classes = classification(state.stock, state.shown);
  if (state.swipe.classes) state.swipe.classes = classification(state.stock, state.swipe.measure);
}

function drawLegend() {
  if (!state.opened) return;
  // The calendar dims buildings and scores: its own key stands in their place.
  const parts = state.layers.calendar && state.layers.calendar.visible ? [calendarLegend(), signLegend()]
    : [...buildingLegends(), scoreLegend(), stopLegend(), lineLegend(), flowLegend(), isochroneLegend(), signLegend()];
  byId("legend-body").replaceChildren(...parts.filter(known));
}

// The other signs on the map: on paper, where there is no list of layers, nothing drawn goes without its name.
function signLegend() {
  const shown = (key) => own(state.layers, key) && state.layers[key].visible;
  const held = (name) => (state.small[name] || []).length > 0;
  const tracks = (state.small.backdrop || []).filter(({ shape }) => shape && shape.type.includes("Line")).map(({ values }) => values.kind);
  const signs = [
    ...(shown("surface") ? gridSigns() : []),
    ...["tram", "rail"].filter((kind) => shown("backdrop") && tracks.includes(kind)).map((kind) => [trackSwatch(kind), word("legend.track." + kind), null]),
    ...(held("perimeters") && shown("perimeters") ? [[perimeterSwatch(), word("layers.perimeters"), natureTag("perimeters", anySchematic("perimeters"))]] : []),
    ...(state.constraintGroups || []).filter(({ key }) => shown("constraints:" + key)).map((one) => [constraintSwatch(one), constraintText(one), null]),
    ...(state.serviceGroups || []).filter(({ key }) => shown("services:" + key)).map(({ key }) => [serviceSwatch(key), codeLabel("group", key), null]),
  ];
  if (!signs.length) return null;
  return element("section", { class: "scale", id: "legend-signs" },
    element("h2", {}, element("span", { text: word("legend.signs") })),
    element("ul", {}, ...signs.map(([sign, text, tag]) => element("li", { class: "plain" }, sign, element("span", { class: "data" }, text + " ", tag)))));
}

// The grid bears the colours of the measure shown; where that one was not measured on a grid, it is said.
function gridSigns() {
  const sign = swatch({ fill: "#8dba68" });
  const halves = state.swipe.on ? [[state.shown, "swipe.left"], [state.swipe.measure, "swipe.right"]] : [[state.shown, null]];
  const without = halves.filter(([key]) => !gridHolds(key));
  return [...(without.length < halves.length ? [[sign, word("layers.surfaceRow"), natureTag("surface")]] : []),
    ...without.map(([, side]) => [sign.cloneNode(true), side ? named(word(side), word("legend.noGrid")) : sentence(word("legend.noGrid")), null])];
}

// Two halves in the same classes share one legend; in others each has its own.
function buildingLegends() {
  const [left, right] = [state.classes, state.swipe.classes];
  if (!right) return [stockLegend(left, null)];
  const scale = (shown) => (shown && shown.measure ? JSON.stringify([shown.measure.breaks, shown.measure.lowIsGood, shown.unit]) : null);
  if (scale(left) === null || scale(left) !== scale(right)) return [stockLegend(left, "swipe.left"), stockLegend(right, "swipe.right")];
  return [bothLegend(left, right)];
}

function bothLegend(left, right) {
  const totals = [left, right].map(sectorTotals);
  const split = SECTORS.filter((sector) => totals.some((held) => held[sector] > 0));
  const cell = (one, place) => element("span", { class: "cell" }, element("b", { text: number(one.dwellings) }), element("span", { class: "amount" }, ...sectorBars(one.sectors, split, totals[place])));
  const row = (one, other, key, label) => element("li", { class: one.buildings || other.buildings ? "both" : "both empty" }, key,
    element("span", { class: "data", text: label }), cell(one, 0), cell(other, 1));
  const rows = left.classes.map((one, k) => row(one, right.classes[k], element("i", { class: "key-colour", style: { background: one.colour } }), one.label));
  rows.push(row(left.missing, right.missing, element("i", { class: "key-colour none" }), word("legend.noData")));
  const title = (shown, side) => element("h2", {}, element("span", { class: "quiet", text: word(side) + " " }), element("span", { class: "data", text: withUnit(shown.label, shown.unit) }), side === "swipe.right" ? natureTag("stock") : null);
  return element("section", { class: "scale", "data-legend": left.measure.key },
    title(left, "swipe.left"), title(right, "swipe.right"),
    element("p", { class: "heads kept" }, element("span", { text: word("legend.served") }), element("span", { text: word("legend.bothHeads") })),
    element("ul", {}, ...rows), split.length ? element("p", { class: "heads" }, element("span", { text: word("legend.bySector") })) : null, sourcePart("stock"));
}

// Dwellings of each sector, over every class.
const sectorTotals = ({ classes, missing }) => Object.fromEntries(SECTORS.map((sector) => [sector, [...classes, missing].reduce((sum, one) => sum + (one.sectors[sector] || 0), 0)]));

function sectorBars(sectors, split, totals) {
  return split.map((sector) => {
    const share = totals[sector] ? (sectors[sector] || 0) / totals[sector] : 0;
    return element("i", { class: sector, style: { width: 100 * share + "%" }, title: named(codeLabel("sector", sector), percent(share)) },
      element("span", { class: "unseen", text: `${codeLabel("sector", sector)} ${percent(share)}` }));
  });
}

function stockLegend(shown, side) {
  if (!state.stock) return element("p", { class: "quiet", text: word("legend.noStock") });
  if (!shown) return element("p", { class: "quiet", text: word("measure.none") });
  const { label, unit, classes, missing, measure } = shown;
  const totals = sectorTotals(shown);
  const split = SECTORS.filter((sector) => totals[sector] > 0);
  const rows = classes.map((one) => legendRow(one, element("i", { class: "key-colour", style: { background: one.colour } }), split, totals));
  rows.push(legendRow({ ...missing, label: word("legend.noData") }, element("i", { class: "key-colour none" }), split, totals));
  return element("section", { class: "scale", "data-legend": measure ? measure.key : "" },
    side ? element("p", { class: "quiet", text: word(side) }) : null,
    element("h2", {}, element("span", { class: "data", text: withUnit(label, unit) }), natureTag("stock")),
    element("p", { class: "heads" }, measure ? element("span", { text: word("legend.served") }) : element("span"), element("span", { text: word("legend.dwellings") })),
    element("ul", {}, ...rows),
    split.length ? element("p", { class: "heads" }, element("span", { text: word("legend.bySector") })) : null,
    sourcePart("stock"),
    state.stock.unplaced ? element("p", { class: "quiet", text: word("legend.unplaced", { count: number(state.stock.unplaced) }) }) : null,
  );
}

// Two bars a class: its share of the dwellings of the corridor, and of those of the south.
function legendRow({ label, dwellings, buildings, sectors }, key, split, totals) {
  const bars = sectorBars(sectors, split, totals);
  return element("li", { class: buildings ? null : "empty" },
    key,
    element("span", { class: "data", text: label }),
    element("span", { class: "amount" }, ...bars),
    element("b", { text: number(dwellings) }),
  );
}

// One strip for the scores: five colours, their limits, how many sites each holds.
function scoreLegend() {
  if (!state.sites || !state.sites.length) return null;
  const count = (test) => state.sites.filter(test).length;
  const limits = [0, ...DOCUMENT.scoreBreaks, 100];
  const steps = DOCUMENT.colours.score.map((colour, rank) => {
    const held = count((site) => !site.vetoed && known(site.score) && classOf(site.score, DOCUMENT.scoreBreaks, false) === rank);
    const range = word("legend.between", { low: tidy(limits[rank]), high: tidy(limits[rank + 1]) });
    return element("li", { "aria-label": named(range, number(held)) },
      element("i", { style: { background: colour, color: inkOn(colour) }, text: number(held) }),
      element("small", { text: tidy(limits[rank]) }),
      rank === DOCUMENT.colours.score.length - 1 ? element("small", { class: "end", text: tidy(100) }) : null);
  });
  const apart = (mark, kind, text, test) =>
    count(test) ? element("span", {}, element("i", { class: "badge small round " + kind, text: mark }), ` ${named(text, "")}`, element("b", { text: number(count(test)) })) : null;
  return element("section", { class: "scale scores" },
    element("h2", {}, element("span", { text: word("legend.score") }), natureTag("sites")),
    element("p", { class: "heads" }, element("span", { text: word("legend.scoreScale") })),
    element("ol", { class: "strip" }, ...steps),
    element("p", { class: "apart" },
      apart("✕", "vetoed", word("legend.veto"), (site) => site.vetoed),
      apart("–", "unscored", word("legend.noScore"), (site) => !site.vetoed && !known(site.score))),
    element("p", { class: "apart" }, sectorMark("corridor"), sectorMark("south")),
  );
}
