// The table twin of every layer, in a dialog that the keyboard opens, reads and closes.
const PAGE_ROWS = 50;

function openDialog(title, parts, closed) {
  const close = element("button", { type: "button", class: "action", text: word("map.close") });
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
    element("header", {}, element("h2", { id: "dialog-title", class: "data", text: title }), close), element("div", { class: "dialog-body", tabindex: 0 }, ...parts));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); if (closed) closed(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const columnLabel = (layer, name) => {
  const measure = measureOf(name);
  if (measure) return withUnit(spoken(measure.label), measure.unit);
  const declared = own(own(DOCUMENT.columns, layer), name);
  if (declared) return spoken(declared);
  const said = ["column." + name, "popup." + name].find((key) => own(DOCUMENT.words, key));
  return said ? word(said) : name;
};

const CODED = { sector: "sector", scenario: "sector", kind: "kind", level: "level", mode: "mode", course: "course", group: "group", geometry_quality: "quality", tenure: "tenure", fate: "fate", dwellings_method: "dwellings_method" };

function cellText(name, value) {
  if (!known(value) || value === "") return "–";
  if (name === "mode" && value === "walk") return word("mode.walk");
  if (name === "mode" && value === "transit") return word("mode.transit");
  if (name === "origin") return placeName("perimeters", value);
  if (name === "to_kind") return own(FLOW_PLACES, value) ? word("flows.kind." + value) : String(value);
  if (name === "commune") return communeName(value);
  if (own(CODED, name)) return codeLabel(CODED[name], value);
  if (name === "built_year") return String(value);
  if (/_(km2?|ha)$/.test(name) && typeof value === "number") return number(value, value < 1 ? 2 : 1);
  return typeof value === "number" ? tidy(value) : String(value);
}

// Layers of the ground, told in a few rows: streets by kind, water and railways by name, sectors.
const GROUNDS = {
  streets: { name: ({ kind }) => codeLabel("streets", kind), without: ["kind"] },
  backdrop: {
    name: ({ name }) => (known(name) ? name : word("twin.unnamed")), without: ["name"],
    go: ({ name, kind }) => showRecords((state.small.backdrop || []).filter(({ values }) => (values.name || null) === name && values.kind === kind)),
  },
  sectors: { name: ({ sector }) => codeLabel("sector", sector), without: ["sector"], go: ({ sector }) => { showSector(sector); bringMap(); byId("map").focus({ preventScroll: true }); } },
};

function groundTwin(layer) {
  const rows = own(DOCUMENT.grounds, layer) || [];
  const { name, without, go } = GROUNDS[layer];
  const columns = Object.keys(rows[0] || {}).filter((key) => !without.includes(key));
  const cell = (i, key) => (key === "kind" && known(rows[i].kind) ? codeLabel(layer, rows[i].kind) : rows[i][key]);
  return { columns, count: rows.length, cell, name: (i) => name(rows[i]), go: (i) => go(rows[i]), placed: () => Boolean(go) };
}

// {columns, count, cell(row, column), go(row)} of a layer.
function twinOf(layer) {
  if (own(GROUNDS, layer)) return groundTwin(layer);
  if (layer === "calendar") return calendarTwin();
  const packed = { stock: state.stock, surface: state.surface }[layer];
  if (packed) {
    const columns = [...packed.columns.keys()];
    return { columns, count: packed.count, cell: (i, name) => valueOf(packed, name, i), go: (i) => showPacked(packed, i), name: (i) => word("twin.feature", { number: number(i + 1) }) };
  }
  const records = state.small[layer] || [];
  const columns = [...new Set(records.flatMap(({ values }) => Object.keys(values)))].filter((name) => name !== "name");
  const label = ({ id, values }) => (known(values.name) && values.name !== "" ? String(values.name) : id);
  return { columns, count: records.length, cell: (i, name) => own(records[i].values, name), go: (i) => showRecord(records[i]), name: (i) => label(records[i]), placed: (i) => Boolean(records[i].at) };
}

const showRecord = (record) => showRecords([record]);

function showRecords(records) {
  const bounds = outlined(records).getBounds();
  if (bounds.isValid()) state.map.fitBounds(bounds, { ...clearOfLegend(), maxZoom: 16, animate: false });
  bringMap();
  byId("map").focus({ preventScroll: true });
}

function showPacked(packed, i) {
  const at = vertexAt(packed, i);
  if (!at) return say(word("sites.unplaced"));
  state.map.setView(at, 17, { animate: false });
  bringMap();
  byId("map").focus({ preventScroll: true });
  if (packed === state.stock) describe(at);
}

// A place inside a packed feature: its middle when it is inside, else a first vertex.
function vertexAt(packed, i) {
  if (packed.box[i * 4 + 2] < 0) return null;
  const middle = [(packed.box[i * 4] + packed.box[i * 4 + 2]) / 2, (packed.box[i * 4 + 1] + packed.box[i * 4 + 3]) / 2];
  const first = packed.vertexStart[packed.ringStart[i]];
  const [x, y] = distance(packed, i, ...middle, state.map.getZoom()) === 0 ? middle : [packed.x[first], packed.y[first]];
  return state.map.unproject(L.point(x, y), packed.gridBits - 8);
}

async function showTwin(layer, title) {
  if (layer === "surface") await unpackSurface();
  openTwin(layer, layer === "calendar" ? `${title} · ${quarterName(QUARTER.at)}` : title);
}

// A measure's whole name is long: its column is wider, so that the head of the table stays low.
const LONG_HEAD = 44;
const twinHead = (text) => element("th", { scope: "col", class: text.length > LONG_HEAD ? "data long" : "data", text });

function openTwin(layer, title) {
  const twin = twinOf(layer);
  let page = 0;
  const pages = Math.max(1, Math.ceil(twin.count / PAGE_ROWS));
  const body = element("tbody");
  const said = element("span", { class: "quiet", role: "status" });
  const go = (to) => {
    page = Math.max(0, Math.min(pages - 1, Math.round(to) || 0));
    jump.value = page + 1;
    const from = page * PAGE_ROWS;
    const until = Math.min(twin.count, from + PAGE_ROWS);
    said.textContent = word("twin.rows", { from: number(twin.count ? from + 1 : 0), to: number(until), count: number(twin.count) });
    body.replaceChildren(...Array.from({ length: until - from }, (_, k) => twinRow(twin, from + k, () => dialog.close())));
  };
  const turn = (key, by) => element("button", { type: "button", class: "action", text: word(key), onclick: () => go(page + by) });
  const jump = element("input", { type: "number", min: 1, max: pages, value: 1, "aria-label": word("twin.page"), onchange: () => go(Number(jump.value) - 1) });
  const turns = pages > 1 ? element("p", { class: "actions" }, turn("twin.before", -1), jump, turn("twin.after", 1)) : null;
  const head = element("tr", {}, element("th", { scope: "col", text: word("twin.name") }), ...twin.columns.map((name) => twinHead(columnLabel(layer, name))));
  const table = element("table", { class: "twin" }, element("caption", { class: "unseen", text: title }), element("thead", {}, head), body);
  const dialog = openDialog(title, [element("p", {}, said, natureTag(layer) || natureTag(own(DRAWN_FROM, layer))), sourcePart(layer), turns, element("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": title }, table)].filter(known));
  go(0);
}

function twinRow(twin, i, close) {
  const placed = !twin.placed || twin.placed(i);
  const name = placed ? element("button", { type: "button", class: "link data", text: twin.name(i), onclick: () => { close(); twin.go(i); } }) : element("span", { class: "data", text: twin.name(i) });
  return element("tr", {}, element("th", { scope: "row" }, name), ...twin.columns.map((column) => element("td", { class: "data", text: cellText(column, twin.cell(i, column)) })));
}
