// What is said of a place. A popup is rebuilt when the language changes.
let openPopup = null;

function showPopup(latlng, build, options = {}) {
  const on = options.on || state.map;
  const size = on.getSize();
  // On a narrow map it stays under the search, and clear of the buttons on the right.
  const narrow = size.x <= 640;
  const widest = size.x - (!narrow ? 40 : on === state.map ? 104 : 60);
  const top = Math.max(60, underSaid() + 8);
  const popup = L.popup({
    maxWidth: Math.min(options.wide ? 400 : 320, widest), minWidth: Math.min(options.wide ? 340 : 240, widest),
    maxHeight: Math.max(150, size.y - (narrow ? top + 80 : 90)), autoPanPaddingTopLeft: narrow ? [8, top] : clearOfLegend().paddingTopLeft, autoPanPaddingBottomRight: [56, 14], offset: options.offset || [0, 2], className: "sheet",
  });
  if (openPopup) openPopup.popup.close();
  openPopup = { popup, build };
  popup.setLatLng(latlng).setContent(build()).openOn(on);
  translatePopup();
  const heading = popup.getElement() && popup.getElement().querySelector("h2");
  if (heading) say(heading.textContent);
}

function translatePopup() {
  if (!openPopup || !openPopup.popup.isOpen()) return;
  // A long popup scrolls: the keyboard must reach it.
  openPopup.popup.getElement().querySelector(".leaflet-popup-content").tabIndex = 0;
  const close = openPopup.popup.getElement().querySelector(".leaflet-popup-close-button");
  if (close) {
    close.setAttribute("aria-label", word("map.close"));
    close.title = word("map.close");
  }
}

function refreshPopup() {
  if (!openPopup || !openPopup.popup.isOpen()) return;
  openPopup.popup.setContent(openPopup.build());
  translatePopup();
}

const fact = (label, value, extra) =>
  element("div", { class: "fact" }, element("dt", { text: label }), element("dd", { class: "data", text: known(value) ? value : word("popup.missing") }, extra));
const facts = (...rows) => element("dl", { class: "facts" }, ...rows);

// "synthetic", when the layer is: said in every popup of it.
function natureTag(layer, schematic) {
  const nature = schematic ? "schematic" : own(DOCUMENT.notices, layer);
  if (!nature) return null;
  return element("span", { class: "tag", text: own(DOCUMENT.words, "nature." + nature) ? word("nature." + nature) : nature });
}

// Where a layer's numbers come from, and of when; what is drawn from another layer has its source.
const DRAWN_FROM = { lines: "stops", isochrones: "streets", surface: "streets", flows: "operations", calendar: "operations", sectors: "communes" };

function sourceText(...layers) {
  const wanted = layers.map((layer) => own(DRAWN_FROM, layer) || layer);
  const told = (text) => (known(text) && text !== "" ? String(text) : null);
  const rows = DOCUMENT.sources.filter(({ layer }) => wanted.includes(String(layer)));
  const texts = rows.map(({ attribution, file, vintage }) => {
    const from = [told(attribution), told(file)].filter(known);
    return `${from.length > 1 ? `${from[0]} (${from[1]})` : from[0] || word("popup.missing")}, ${told(vintage) || word("source.undated")}`;
  });
  return texts.length ? word("source.line", { text: [...new Set(texts)].join(" ; ") }) : null;
}

const sourcePart = (...layers) => {
  const text = sourceText(...layers);
  return text ? element("p", { class: "quiet source data", text }) : null;
};

const heading = (text, ...more) => element("h2", {}, element("span", { class: "data", text }), ...more);

function buildingPart(i) {
  const { stock } = state;
  const read = (name) => valueOf(stock, name, i);
  const rows = [fact(word("popup.dwellings"), known(read("dwellings")) ? number(read("dwellings")) : null)];
  if (stock.columns.has("dwellings_method")) rows.push(fact(word("popup.method"), codeLabel("dwellings_method", read("dwellings_method"))));
  if (stock.columns.has("social_dwellings")) rows.push(fact(word("popup.social"), known(read("social_dwellings")) ? number(read("social_dwellings")) : null));
  if (known(read("estate"))) rows.push(fact(word("popup.estate"), String(read("estate"))));
  if (stock.columns.has("tenure")) rows.push(fact(word("popup.tenure"), codeLabel("tenure", read("tenure"))));
  if (stock.columns.has("built_year")) rows.push(fact(word("popup.built"), known(read("built_year")) ? String(read("built_year")) : null));
  if (stock.columns.has("fate")) rows.push(fact(word("popup.fate"), codeLabel("fate", read("fate"))));
  if (stock.columns.has("commune")) rows.push(fact(word("popup.commune"), communeName(read("commune"))));
  const measures = DOCUMENT.measures.filter(({ key }) => stock.columns.has(key)).map((measure) => measureRow(measure, read(measure.key), stock.columns.get(measure.key).decimals));
  return [heading(word("popup.building"), natureTag("stock")), facts(...rows), measures.length ? element("dl", { class: "facts measures" }, ...measures) : null, sourcePart("stock"), ...(measures.length ? datedFacts() : [])];
}

function measureRow(measure, value, decimals) {
  const colour = known(value) ? measure.colours[classOf(value, measure.breaks, measure.lowIsGood)] : null;
  const row = fact(spoken(measure.label), quantity(value, decimals, measure.unit));
  row.prepend(element("i", { class: colour ? "chip" : "chip none", style: colour ? { background: colour } : {} }));
  if (measure.key === state.shown) row.classList.add("shown");
  return row;
}

function zoneParts(latlng) {
  const parts = [];
  for (const record of (state.small.perimeters || []).filter(({ shape }) => state.layers.perimeters.visible && holds(shape, latlng))) {
    parts.push(element("p", { class: "zone" }, element("b", { text: word("popup.perimeter") + " " }), element("span", { class: "data", text: [record.values.name || record.id, record.values.programme].filter(known).join(" · ") }), natureTag("perimeters", isSchematic(record, "perimeters"))));
  }
  for (const { key, kind, level, records } of state.constraintGroups || []) {
    for (const record of records.filter(({ shape }) => holds(shape, latlng))) {
      const text = [codeLabel("kind", kind), codeLabel("level", level), record.values.name].filter(known).join(" · ");
      const from = [record.values.source, record.values.vintage].filter((text) => known(text) && text !== "").join(", ");
      parts.push(element("p", { class: "zone" }, swatch({ fill: constraintFill(kind, level), stroke: kindColour(kind) }), element("b", { text: word("popup.constraint") + " " }), element("span", { class: "data", text }), natureTag("constraints", isSchematic(record, "constraints")), from ? element("small", { class: "quiet source data", text: " " + word("source.line", { text: from }) }) : null));
    }
  }
  return [...parts, ...lineParts(latlng), ...isochroneParts(latlng)];
}

function communeParts(latlng) {
  const record = (state.small.communes || []).find(({ shape }) => holds(shape, latlng));
  if (!record) return null;
  return [
    heading(state.communeNames[record.id], natureTag("communes")),
    facts(
      fact(word("popup.sector"), codeLabel("sector", record.values.sector)),
      fact(word("popup.population"), known(record.values.population) ? number(record.values.population) : null),
    ),
    sourcePart("communes"),
  ];
}

// Describe a place: the building there, else the commune; then the zones that hold it.
function describe(latlng, on = state.map) {
  const i = state.stock && state.layers.stock.visible ? pick(state.map, state.stock, latlng) : null;
  const build = () => {
    const main = i !== null ? buildingPart(i) : communeParts(latlng);
    const zones = zoneParts(latlng);
    if (!main && !zones.length) return null;
    return element("div", { class: "said" }, ...(main || []), ...zones);
  };
  if (!build()) {
    if (openPopup) openPopup.popup.close();
    say(word("popup.outside"));
    return;
  }
  showPopup(latlng, build, { on });
}
