// The side panel: choice of the measure, tabs, list of layers, sources.
function fillMeasures() {
  const list = byId("measure");
  const options = [];
  const group = (key, entries) => entries.length && options.push(element("optgroup", { label: word(key) }, ...entries.map(([value, text]) => element("option", { value, text }))));
  const measures = DOCUMENT.measures.filter(({ key, inStock }) => inStock || (!state.stock && DOCUMENT.comparison.some((row) => row.measure === key)));
  group("measure.groupMeasures", measures.map((measure) => [measure.key, spoken(measure.label)]));
  if (state.stock) {
    const held = CATEGORY_COLUMNS.filter((key) => state.stock.columns.has(key) && state.stock.columns.get(key).labels.length);
    group("measure.groupStock", held.map((key) => [key, word("measure." + key)]));
  }
  if (!options.length) options.push(element("option", { value: "", text: word("measure.none") }));
  list.replaceChildren(...options);
  list.disabled = !options[0].value && options[0].tagName === "OPTION";
  if (state.shown) list.value = state.shown;
  if (list.disabled) return null;
  // The first criterion of the scores, when buildings have it, is the first thing to look at.
  const first = DOCUMENT.breakdown.map(({ measure }) => measure).find((key) => measures.some((measure) => measure.key === key));
  return first || list.options[0].value;
}

function openTabs() {
  const tabs = [...byId("tabs").children];
  const choose = (tab, focus) => {
    for (const one of tabs) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", chosen);
      one.tabIndex = chosen ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    if (state.layers.calendar) {
      const wanted = tab.id === "tab-calendar";
      if (wanted !== state.layers.calendar.visible) state.layers.calendar.set(wanted);
      if (!wanted) play(false);
      tick();
      keepLink();
    }
  };
  state.chooseTab = choose;
  const shown = () => tabs.filter((tab) => !tab.hidden);
  tabs.forEach((tab) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const list = shown();
      const place = list.indexOf(tab);
      if (move) choose(list[(place + move + list.length) % list.length], true);
      else if (event.key === "Home") choose(list[0], true);
      else if (event.key === "End") choose(list[list.length - 1], true);
    });
  });
}

const chooseTab = (name) => state.chooseTab(byId("tab-" + name));

// A layer: its box, its sign, how much it holds, and its table.
function layerRow(key, text, sign, { absent = false, count = null, layer = null, schematic = false, twin = null } = {}) {
  const entry = state.layers[key];
  const box = element("input", { type: "checkbox", "data-layer": key, disabled: absent || !entry, onchange: (event) => { entry.set(event.target.checked); tick(); } });
  box.checked = Boolean(entry && entry.visible && !absent);
  const label = element("label", { class: absent ? "layer absent" : "layer" }, box, sign,
    element("span", { class: "data" }, text, layer && !absent ? natureTag(layer, schematic) : null),
    absent ? element("small", { text: word("layers.absent") }) : known(count) ? element("small", { text: number(count) }) : null);
  return element("div", { class: "layer-row" }, label, twin && !absent ? twinButton(twin, text) : null);
}

const twinButton = (layer, text) =>
  element("button", { type: "button", class: "twin-open", "data-twin": layer, "aria-label": word("twin.of", { layer: text }), title: word("twin.of", { layer: text }), text: word("twin.open"), onclick: () => showTwin(layer, sentence(text)) });

const group = (key, ...rows) => taggedGroup(key, null, ...rows);
const taggedGroup = (key, tag, ...rows) => element("fieldset", {}, element("legend", {}, element("span", { text: word(key) }), tag), ...rows.filter(known));

// Boxes follow the layers: one box may switch several.
function tick() {
  for (const box of document.querySelectorAll("[data-layer]")) {
    if (!box.disabled) box.checked = Boolean(state.layers[box.dataset.layer].visible);
  }
}

function drawLayers() {
  const size = (name) => (state.small[name] || []).length;
  const absent = (name) => !size(name);
  const twinOfGroup = (name, key) => (absent(name) ? null : twinButton(name, word(key)));
  const sectors = DOCUMENT.colours.sector;
  byId("pane-layers").replaceChildren(...[
    group("layers.housing",
      layerRow("sites", word("layers.sites"), element("i", { class: "badge small round sample", text: "62" }), { absent: absent("sites"), count: size("sites"), layer: "sites", twin: "sites" }),
      layerRow("stock", word("layers.stock"), swatch({ fill: "#2a928f" }), { absent: !state.stock, count: state.stock && state.stock.count, layer: "stock", twin: "stock" }),
      state.layers.calendar ? layerRow("calendar", word("layers.calendar"), swatch({ fill: stateFill("works"), stroke: "#5f4205" }), { layer: "operations", twin: "calendar" }) : null,
      state.flows && state.flows.length ? layerRow("flows", word("layers.flows"), lineSwatch({ stroke: FLOW_COLOUR, "stroke-width": 3 }), { count: state.flows.length, layer: "operations", twin: absent("flows") ? null : "flows" }) : null,
      layerRow("perimeters", word("layers.perimeters"), perimeterSwatch(), { absent: absent("perimeters"), count: size("perimeters"), layer: "perimeters", schematic: anySchematic("perimeters"), twin: "perimeters" })),
    taggedGroup("layers.constraints", absent("constraints") ? null : natureTag("constraints", anySchematic("constraints")), ...(absent("constraints") ? [layerRow("constraints", word("layers.constraints"), swatch({}), { absent: true })]
      : state.constraintGroups.map((one) => layerRow("constraints:" + one.key, constraintText(one), constraintSwatch(one), { count: one.records.length }))), twinOfGroup("constraints", "layers.constraints")),
    taggedGroup("layers.isochrones", absent("isochrones") ? null : natureTag("isochrones"), ...(absent("isochrones") ? [layerRow("isochrones", word("layers.isochrones"), swatch({}), { absent: true })]
      : state.isochroneGroups.map((one) => layerRow(one.key, isochroneText(one), isochroneSwatch(one), { count: one.records.length }))), twinOfGroup("isochrones", "layers.isochrones")),
    state.layers.surface ? taggedGroup("layers.surface", natureTag("surface"), layerRow("surface", word("layers.surfaceRow"), swatch({ fill: "#8dba68" }), { count: DOCUMENT.packed.surface.features, twin: "surface" })) : null,
    group("layers.transit", absent("lines") ? null : layerRow("lines", word("layers.lines"), lineSwatch({ stroke: "#2c6e8f", "stroke-width": 2 }), { count: size("lines"), layer: "lines", twin: "lines" }), layerRow("stops", word("layers.stops"), dotSwatch({ fill: "#fff", stroke: "#2c6e8f", "stroke-width": 2 }), { absent: absent("stops"), count: size("stops"), layer: "stops", twin: "stops" })),
    taggedGroup("layers.services", absent("services") ? null : natureTag("services"), ...serviceRows(), twinOfGroup("services", "layers.services")),
    group("layers.territory",
      layerRow("communes", word("layers.communes"), lineSwatch({ stroke: "#6f6b62", "stroke-width": 1.5 }), { absent: absent("communes"), count: size("communes"), layer: "communes", twin: "communes" }),
      layerRow("labels", word("layers.labels"), element("i", { class: "swatch letter", text: "Aa" }), { absent: absent("communes") }),
      layerRow("sectors", word("layers.sectors"), element("i", { class: "swatch pair", style: { background: `linear-gradient(90deg, ${sectors.corridor} 50%, ${sectors.south} 50%)` } }), { absent: absent("communes"), twin: own(DOCUMENT.grounds, "sectors") ? "sectors" : null }),
      layerRow("backdrop", word("layers.backdrop"), lineSwatch({ stroke: "#8a2f6b", "stroke-width": 2, d: "M1 3H21" }, { stroke: "#77736b", "stroke-width": 2, "stroke-dasharray": "4 3" }, { stroke: "#9cc3da", "stroke-width": 3, d: "M1 11H21" }), { absent: absent("backdrop"), layer: "backdrop", twin: "backdrop" }),
      layerRow("streets", word("layers.streets"), lineSwatch({ stroke: "#bdb6a6", "stroke-width": 4 }, { stroke: "#fff", "stroke-width": 2 }), { absent: !state.streets, layer: "streets", twin: own(DOCUMENT.grounds, "streets") ? "streets" : null }),
      layerRow("minorStreets", word("layers.minorStreets"), lineSwatch({ stroke: "#d3cdc0", "stroke-width": 1.5 }), { absent: !state.streets, count: state.streets && state.streets.count })),
    group("base.title", ...baseMapRows())].filter(known));
}

function serviceRows() {
  const groups = state.serviceGroups || [];
  if (!groups.length) return [layerRow("services", word("layers.services"), dotSwatch({ fill: "none" }), { absent: true })];
  const all = {
    get visible() { return groups.every(({ key }) => state.layers["services:" + key].visible); },
    set(wanted) { for (const { key } of groups) state.layers["services:" + key].set(wanted); },
  };
  state.layers.allServices = all;
  const rows = groups.map(({ key, list }) => layerRow("services:" + key, codeLabel("group", key), serviceSwatch(key), { count: list.length }));
  const total = groups.reduce((sum, { list }) => sum + list.length, 0);
  return [layerRow("allServices", word("layers.allServices"), dotSwatch({ fill: "#55524b", stroke: "#fff" }), { count: total }), ...rows];
}

const layerName = (name) => (own(DOCUMENT.words, `layers.${name}Name`) ? word(`layers.${name}Name`) : own(DOCUMENT.words, `layers.${name}Layer`) ? word(`layers.${name}Layer`) : name);

function noticeLines() {
  const byNature = new Map();
  for (const [name, nature] of Object.entries(DOCUMENT.notices)) {
    if (!byNature.has(nature)) byNature.set(nature, []);
    byNature.get(nature).push(layerName(name));
  }
  const schematic = byNature.get("schematic") || [];
  const drawnSchematic = (name) => (state.small[name] || []).some(({ values }) => values.geometry_quality === "schematic");
  for (const name of ["perimeters", "constraints"]) {
    if (drawnSchematic(name) && !schematic.includes(layerName(name))) schematic.push(layerName(name));
  }
  if (schematic.length) byNature.set("schematic", schematic);
  return [...byNature].map(([nature, names]) =>
    own(DOCUMENT.words, "notice." + nature) ? word("notice." + nature, { layers: names.join(", ") }) : named(nature, names.join(", ")));
}

// Layers that are too large for one page are not there, and that is said first.
const leftOutLines = () => DOCUMENT.leftOut.map(({ layer, features: count, most }) => word("notice.leftOut", { layer: layerName(layer), count: number(count), most: number(most) }));

function drawNotice() {
  const lines = [...leftOutLines(), ...noticeLines()];
  const place = byId("notice");
  place.hidden = !lines.length;
  place.setAttribute("aria-label", word("notice.title"));
  place.replaceChildren(...lines.map((text) => element("span", { class: "data", text })));
}

function drawAbout() {
  const lines = noticeLines();
  byId("pane-about").replaceChildren(...[
    element("h2", { text: word("about.facts") }),
    DOCUMENT.facts.length ? factList() : element("p", { class: "quiet", text: word("about.noFacts") }),
    lines.length ? element("h2", { text: word("notice.title") }) : null,
    ...lines.map((text) => element("p", { class: "data", text })),
    element("h2", { text: word("about.sources") }),
    DOCUMENT.sources.length ? element("ul", { class: "sources" }, ...DOCUMENT.sources.map(sourceItem)) : element("p", { class: "quiet", text: word("about.noSources") }),
    element("p", { class: "quiet", text: word("about.software") }),
  ].filter(known));
}

function sourceItem(row) {
  const line = (key, value) => (known(value) && value !== "" ? element("div", {}, element("dt", { text: word(key) }), element("dd", { class: "data", text: value })) : null);
  const natural = known(row.nature) && own(DOCUMENT.words, "nature." + row.nature) ? word("nature." + row.nature) : null;
  return element("li", {},
    element("b", { class: "data", text: sentence(layerName(String(row.layer))) }), natural ? element("span", { class: "tag", text: natural }) : null,
    known(row.attribution) ? element("p", { class: "data", text: row.attribution }) : null,
    element("dl", {}, line("about.licence", row.licence), line("about.vintage", row.vintage), line("about.file", row.file), line("SHA-256", known(row.sha256) ? String(row.sha256).slice(0, 16) : null)));
}

// The line under the map: what the numbers rest on, and who is to be thanked.
function drawFoot() {
  const thanks = [...new Set(DOCUMENT.sources.map(({ attribution }) => attribution).filter((text) => known(text) && text !== ""))];
  byId("foot").replaceChildren(
    element("span", { class: "data", text: factLines().join(" · ") }),
    element("span", { class: "thanks data", text: [...(basemaps.chosen ? [basemaps.chosen.thanks] : []), ...thanks, "Leaflet"].join(" · ") }));
}
