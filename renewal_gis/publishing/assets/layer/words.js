// What is written of a layer: its key and its popups. Text from the data is only ever set as text.
const numberOf = (said, value, decimals) => new Intl.NumberFormat(said.language === "fr" ? "fr-FR" : "en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);

// A year or an identifier is not grouped: 1965, not 1,965.
function textOf(layer, k, i) {
  const column = layer.said.columns[k];
  const value = valueOf(layer.packed, String(k), i);
  if (value === null) return layer.said.words.missing;
  if (typeof value === "string") return own(column.said, value) || value;
  const text = column.year ? String(value) : numberOf(layer.said, value, layer.packed.columns.get(String(k)).decimals);
  return column.unit ? text + "\u00a0" + column.unit : text;
}

function popupOf(layer, i) {
  const rows = layer.said.columns.map((column, k) =>
    element("div", {}, element("dt", { text: column.label }), element("dd", { text: textOf(layer, k, i) })));
  return element("div", { class: "renewal-popup" }, layer.said.name ? element("b", { text: layer.said.name }) : null, element("dl", {}, ...rows));
}

function keyOf(layer) {
  const control = L.control({ position: "bottomleft" });
  control.onAdd = () => {
    const box = element("section", { class: "renewal-key", "aria-label": layer.said.name || layer.said.words.legend });
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    control.box = box;
    fillKey(layer, control);
    return box;
  };
  return control;
}

function fillKey(layer, control = layer.key) {
  const { said, look } = layer;
  const list = said.columns.map(({ label, classes, unit }, k) => ({ k, text: unit ? `${label} (${unit})` : label, shown: Boolean(classes) })).filter(({ shown }) => shown);
  const chosen = list.find(({ k }) => k === layer.chosen);
  const head = list.length > 1 ? choiceOf(layer, list) : chosen ? element("p", { text: chosen.text }) : null;
  control.box.replaceChildren(...[
    said.name ? element("b", { text: said.name }) : null, head,
    layer.fault ? element("p", { text: layer.fault }) : null,
    layer.packed && !layer.packed.count ? element("p", { text: said.words.empty }) : null,
    look && layer.packed.count && chosen ? element("ul", {}, ...classRows(said, look.shown)) : null,
    layer.packed && layer.packed.unplaced ? element("p", { text: said.words.unplaced.replace("{count}", () => numberOf(said, layer.packed.unplaced, 0)) }) : null,
  ].filter(known));
}

function choiceOf(layer, list) {
  const select = element("select", { "aria-label": layer.said.words.choose, onchange: () => layer.recolour(Number(select.value)) },
    ...list.map(({ k, text }) => element("option", { value: k, text })));
  select.value = layer.chosen;
  return select;
}

const classRows = (said, { classes, missing }) =>
  [...classes, { ...missing, label: said.words.noData, colour: null }].filter(({ colour, count }) => colour || count).map(({ label, colour, count }) =>
    element("li", {}, element("i", { class: colour ? null : "none", style: colour ? { background: colour } : {} }), element("span", { text: label }), element("span", { text: numberOf(said, count, 0) })));
