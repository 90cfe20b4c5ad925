// The programme quarter by quarter: what stands, is emptied, demolished, under works, delivered.
const QUARTER = { at: null, playing: null };
const STATE_LOOKS = {
  planned: { fill: "#ffffff", edge: "#7a7f87", hatch: null, dash: "3 2" },
  standing: { fill: "#55606e", edge: "#20252c", hatch: null },
  emptied: { fill: "#f1ead6", edge: "#6b5312", hatch: "oblique" },
  works: { fill: "#e9a83f", edge: "#5f4205", hatch: "crossed" },
  demolished: { fill: "#ffffff", edge: "#a3231b", hatch: "cross" },
  delivered: { fill: "#1f7f74", edge: "#0b3a35", hatch: null },
};
const stateName = (code) => word("state." + code);
const quarterName = (quarter) => word("calendar.quarter", { year: String(Math.floor(quarter / 4)), quarter: String((((quarter % 4) + 4) % 4) + 1) });

function stateFill(code) {
  const { fill, edge, hatch } = STATE_LOOKS[code];
  if (!hatch) return fill;
  const ground = drawn("rect", { width: 6, height: 6, fill });
  if (hatch === "oblique") return pattern("state-" + code, 6, ground, stroke("M-1 1L1 -1M0 6L6 0M5 7L7 5", edge, 1));
  if (hatch === "crossed") return pattern("state-" + code, 6, ground, stroke("M0 3H6", edge, 1));
  return pattern("state-" + code, 6, ground, stroke("M0 6L6 0M0 0L6 6", edge, 0.9));
}

const stateSwatch = (code) => swatch({ fill: stateFill(code), stroke: STATE_LOOKS[code].edge, "stroke-dasharray": STATE_LOOKS[code].dash || "none" });

// The state of an operation in a quarter, and whether the step that led there is only planned.
function stateOf(operation, quarter) {
  let held = { code: operation.start, day: null, planned: false };
  for (const [since, code, day, planned] of operation.steps) if (since <= quarter) held = { code, day, planned };
  return held;
}

function openCalendar(map) {
  const calendar = DOCUMENT.calendar;
  const tab = byId("tab-calendar");
  tab.hidden = !calendar;
  if (!calendar) return;
  QUARTER.at = calendar.first;
  placeOperations(calendar.operations);
  QUARTER.marks = [L.layerGroup(), L.layerGroup()];
  switchable("calendar", null, false, (visible) => {
    for (const id of ["map", "map-right"]) byId(id).classList.toggle("calendar-view", visible);
    if (QUARTER.tiles) (visible ? QUARTER.tiles.addTo(map) : QUARTER.tiles.remove());
    drawQuarterMarks();
    drawLegend();
    arrangeAll();
  });
  map.on("zoomend", () => {
    if (!state.layers.calendar.visible || discScale(map) === QUARTER.scale) return;
    drawQuarterMarks();
    arrangeAll(); // names stand clear of the discs, of another size now
  });
  linkPart("quarter", () => (state.layers.calendar.visible ? [quarterLink(QUARTER.at)] : []), ([text]) => {
    const found = /^(\d{1,4})Q([1-4])$/.exec(text);
    if (!found) return;
    chooseTab("calendar");
    setQuarter(4 * Number(found[1]) + Number(found[2]) - 1);
  }, () => state.layers.calendar.visible && chooseTab("compare"));
}

const quarterLink = (quarter) => `${Math.floor(quarter / 4)}Q${(quarter % 4) + 1}`;

// Operations by place: the site, else the perimeter, else the commune.
function placeOperations(operations) {
  const placed = new Map();
  QUARTER.unplaced = 0;
  for (const operation of operations) {
    if (!operation.dwellings) continue;
    const found = [["sites", operation.site], ["perimeters", operation.perimeter], ["communes", operation.commune]]
      .map(([layer, id]) => (known(id) ? (state.small[layer] || []).find((record) => record.id === String(id) && record.at) : null)).find(known);
    if (!found) {
      QUARTER.unplaced++;
      continue;
    }
    const key = found.at.join();
    if (!placed.has(key)) placed.set(key, { at: found.at, name: known(found.values.name) ? String(found.values.name) : found.id, operations: [] });
    placed.get(key).operations.push(operation);
  }
  QUARTER.places = [...placed.values()];
}

// Buildings that the programme changes: perimeter and fate say which operations they follow.
function followBuildings(stock) {
  if (!DOCUMENT.calendar || !stock.columns.has("perimeter") || !stock.columns.has("fate")) return;
  const operationsOf = new Map();
  const wanted = { demolish: "demolition", rehabilitate: "rehabilitation" };
  const ids = [];
  const groups = [];
  for (let i = 0; i < stock.count; i++) {
    const kind = own(wanted, valueOf(stock, "fate", i) ?? "");
    const perimeter = valueOf(stock, "perimeter", i);
    if (!kind || perimeter === null) continue;
    const commune = stock.columns.has("commune") ? valueOf(stock, "commune", i) : null;
    const key = [kind, perimeter, commune].join("\u0000");
    if (!operationsOf.has(key)) operationsOf.set(key, followed(kind, perimeter, commune));
    if (!operationsOf.get(key).length) continue;
    ids.push(i);
    groups.push(operationsOf.get(key));
  }
  QUARTER.followed = { ids, groups, codes: [] };
  bothHalves.calendar = (_, suffix) => new PackedTiles(stock, paintWorks, { pane: "works" + suffix, ids, look: () => QUARTER.at });
  QUARTER.tiles = bothHalves.calendar(state.map, "");
}

function followed(kind, perimeter, commune) {
  const there = DOCUMENT.calendar.operations.filter((one) => one.kind === kind && one.dwellings && String(one.perimeter) === perimeter);
  const nearer = there.filter((one) => String(one.commune) === commune);
  return nearer.length ? nearer : there;
}

// Where several operations share a perimeter, a building is told to be what is sure: the least advanced.
function stateOfBuildings(quarter) {
  const cache = new Map();
  for (const group of new Set(QUARTER.followed.groups)) {
    const ranks = group.map((operation) => DOCUMENT.states.indexOf(stateOf(operation, quarter).code));
    cache.set(group, DOCUMENT.states[Math.min(...ranks)]);
  }
  return new Map(QUARTER.followed.ids.map((id, k) => [id, cache.get(QUARTER.followed.groups[k])]));
}

function paintWorks(context, view) {
  const codes = QUARTER.codes || (QUARTER.codes = stateOfBuildings(QUARTER.at));
  const far = view.zoom < FAR_ZOOM;
  context.lineWidth = far ? 0.7 : 1.2;
  for (const code of DOCUMENT.states) {
    const ids = view.ids.filter((i) => codes.get(i) === code);
    const { fill, edge } = STATE_LOOKS[code];
    context.fillStyle = code === "emptied" ? "#d9b84a" : fill;
    context.strokeStyle = edge;
    if (far) paintFar(context, view, ids, 0, 1);
    context.beginPath();
    if (!far) for (const i of ids) trace(context, view, i, true);
    if (far) for (const i of ids) traceBox(context, view, i);
    if (!far) context.fill();
    context.stroke();
  }
}

function traceBox(context, { layer, scale, west, north }, i) {
  const k = i * 4;
  context.rect((layer.box[k] - west) * scale, (layer.box[k + 1] - north) * scale, Math.max(2, (layer.box[k + 2] - layer.box[k]) * scale), Math.max(2, (layer.box[k + 3] - layer.box[k + 1]) * scale));
}

function byState(operations, quarter) {
  const held = new Map(DOCUMENT.states.map((code) => [code, { operations: 0, dwellings: 0 }]));
  for (const operation of operations) {
    const one = held.get(stateOf(operation, quarter).code);
    one.operations++;
    one.dwellings += operation.dwellings;
  }
  return held;
}

// Smaller from afar, where places crowd.
const discScale = (map) => (map.getZoom() >= 12 ? 1 : map.getZoom() >= 11 ? 0.8 : 0.62);

// A disc whose sectors are dwellings by state.
function pieNode(counts, scale) {
  const total = [...counts.values()].reduce((sum, { dwellings }) => sum + dwellings, 0);
  const radius = Math.max(7, scale * Math.max(9, Math.min(24, 2.2 * Math.sqrt(total))));
  const size = 2 * radius + 4;
  const box = drawn("svg", { width: size, height: size, viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, "aria-hidden": "true" });
  box.append(drawn("circle", { r: radius + 1, fill: "#fff" }));
  let from = 0;
  for (const [code, { dwellings }] of counts) {
    if (!dwellings) continue;
    const to = from + dwellings / total;
    const at = (share) => `${(radius * Math.sin(2 * Math.PI * share)).toFixed(2)} ${(-radius * Math.cos(2 * Math.PI * share)).toFixed(2)}`;
    const look = { fill: stateFill(code), stroke: STATE_LOOKS[code].edge, "stroke-width": 1 };
    box.append(to - from > 0.9999 ? drawn("circle", { r: radius, ...look }) : drawn("path", { d: `M0 0L${at(from)}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z`, ...look }));
    from = to;
  }
  return box;
}

// The discs of the quarter, on each of two halves: one that shows a scenario leaves out operations on other sites.
function drawQuarterMarks() {
  const { on, side, scenarios } = state.swipe;
  if (!DOCUMENT.calendar) return;
  QUARTER.scale = discScale(state.map);
  QUARTER.marks.forEach((group, right) => {
    group.clearLayers().remove();
    if (!state.layers.calendar.visible || (right && !on)) return;
    const map = right && side ? RIGHT.map : state.map;
    const pane = "calendar" + (!right ? "" : side ? RIGHT.suffix : "B");
    const held = heldBy(on ? scenarios[right] : null);
    for (const place of QUARTER.places) {
      const operations = place.operations.filter(held);
      if (operations.length) group.addLayer(quarterMark(map, pane, place, operations));
    }
    group.addTo(map);
  });
}

function quarterMark(map, pane, place, operations) {
  const icon = L.divIcon({ html: pieNode(byState(operations, QUARTER.at), discScale(map)), className: "pie-anchor", iconSize: [40, 40] });
  const dwellings = operations.reduce((sum, one) => sum + one.dwellings, 0);
  // The small ones lie over the large ones.
  const mark = L.marker([place.at[1], place.at[0]], { icon, pane, keyboard: false, zIndexOffset: -10 * Math.round(Math.sqrt(dwellings)) });
  return mark.on("click", () => showPopup(mark.getLatLng(), () => placePopup(place, operations), { on: map }));
}

// Every operation in the quarter: what the discs tell, one row each.
function calendarTwin() {
  const { operations } = DOCUMENT.calendar;
  const told = operations.map((operation) => {
    const { code, day, planned } = stateOf(operation, QUARTER.at);
    return { dwellings: operation.dwellings, state: stateName(code), since: day && (planned ? word("calendar.planned", { day: dayText(day) }) : dayText(day)), commune: operation.commune, perimeter: known(operation.perimeter) ? placeName("perimeters", operation.perimeter) : null };
  });
  const placeOf = (i) => QUARTER.places.find((place) => place.operations.includes(operations[i]));
  const go = (i) => {
    const { at } = placeOf(i);
    chooseTab("calendar");
    state.map.setView([at[1], at[0]], 14, { animate: false });
    bringMap();
    byId("map").focus({ preventScroll: true });
    showPopup([at[1], at[0]], () => placePopup(placeOf(i), placeOf(i).operations));
  };
  return { columns: ["dwellings", "state", "since", "commune", "perimeter"], count: operations.length, cell: (i, name) => told[i][name], name: (i) => operations[i].name || operations[i].id, go, placed: (i) => Boolean(placeOf(i)) };
}

function heldBy(scenario) {
  const others = new Set(scenario === null ? [] : (state.small.sites || []).filter((site) => !inScenario(scenario)(site)).map(({ id }) => id));
  return ({ site }) => !known(site) || !others.has(String(site));
}

// Operations that a half does not show, as they stand on the sites of another scenario.
function leftOutOfHalves() {
  const { on, scenarios } = state.swipe;
  const placed = QUARTER.places.flatMap(({ operations }) => operations);
  return (on ? scenarios : []).map((scenario, right) => [right ? "swipe.right" : "swipe.left", placed.length - placed.filter(heldBy(scenario)).length])
    .filter(([, count]) => count).map(([half, count]) => element("p", { class: "quiet", text: named(word(half), word("calendar.otherSites", { count: number(count) })) }));
}

function placePopup(place, operations) {
  const rows = operations.map((operation) => {
    const { code, day, planned } = stateOf(operation, QUARTER.at);
    const when = day ? ` (${planned ? word("calendar.planned", { day: dayText(day) }) : dayText(day)})` : "";
    return fact([operation.name || operation.id, word("sites.dwellings", { count: number(operation.dwellings) })].join(" · "), stateName(code) + when);
  });
  return element("div", { class: "said" }, heading(place.name, natureTag("operations")), element("p", { class: "under", text: quarterName(QUARTER.at) }), element("dl", { class: "facts operations" }, ...rows));
}

const dayText = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return new Intl.DateTimeFormat(locale(), { timeZone: "UTC", year: "numeric", month: state.language === "fr" ? "2-digit" : "short", day: state.language === "fr" ? "2-digit" : "numeric" }).format(new Date(Date.UTC(year, month - 1, date)));
};

function setQuarter(quarter) {
  const { first, last } = DOCUMENT.calendar;
  const asked = performance.now();
  QUARTER.at = Math.max(first - 1, Math.min(last, quarter));
  QUARTER.codes = null;
  if (state.layers.calendar.visible) {
    for (const tiles of [QUARTER.tiles, RIGHT.shown && RIGHT.groups.calendar]) if (tiles) tiles.refresh();
    drawQuarterMarks();
    drawLegend();
  }
  const box = byId("quarter");
  if (box) {
    box.value = QUARTER.at;
    box.setAttribute("aria-valuetext", quarterName(QUARTER.at));
    byId("quarter-name").textContent = quarterName(QUARTER.at);
    byId("quarter-tables").replaceChildren(...quarterTables());
  }
  refreshPopup();
  keepLink();
  noteAfterPaint("stepped", asked, state.layers.calendar.visible ? QUARTER.tiles : null);
}

function play(wanted) {
  clearInterval(QUARTER.playing);
  QUARTER.playing = null;
  if (wanted) {
    if (QUARTER.at >= DOCUMENT.calendar.last) setQuarter(DOCUMENT.calendar.first - 1);
    QUARTER.playing = setInterval(() => {
      setQuarter(QUARTER.at + 1);
      if (QUARTER.at >= DOCUMENT.calendar.last) play(false);
    }, 900);
  }
  const button = byId("play");
  if (button) button.textContent = word(wanted ? "calendar.pause" : "calendar.play");
}

function drawCalendarPane() {
  const calendar = DOCUMENT.calendar;
  if (!calendar) return;
  const box = element("input", { type: "range", id: "quarter", min: calendar.first - 1, max: calendar.last, step: 1, "aria-label": word("calendar.choose"), "aria-valuetext": quarterName(QUARTER.at), oninput: () => { play(false); setQuarter(Number(box.value)); } });
  box.value = QUARTER.at;
  const step = (by, key, sign) => element("button", { type: "button", class: "action", "aria-label": word(key), title: word(key), text: sign, onclick: () => { play(false); setQuarter(QUARTER.at + by); } });
  byId("pane-calendar").replaceChildren(
    element("h2", {}, element("span", { text: word("calendar.title") }), natureTag("operations")),
    element("div", { class: "quarter-row" },
      element("output", { id: "quarter-name", for: "quarter", text: quarterName(QUARTER.at) }), step(-1, "calendar.before", "◀"),
      element("button", { type: "button", class: "action", id: "play", text: word(QUARTER.playing ? "calendar.pause" : "calendar.play"), onclick: () => play(!QUARTER.playing) }), step(1, "calendar.after", "▶")),
    box, element("p", { class: "ends" }, element("span", { text: quarterName(calendar.first - 1) }), element("span", { text: quarterName(calendar.last) })),
    element("div", { id: "quarter-tables" }, ...quarterTables()),
    ...[calendar.undated ? element("p", { class: "quiet", text: word("calendar.undated", { count: number(calendar.undated) }) }) : null,
      QUARTER.unplaced ? element("p", { class: "quiet", text: word("calendar.unplaced", { count: number(QUARTER.unplaced) }) }) : null].filter(known));
}

function quarterTables() {
  const { operations } = DOCUMENT.calendar;
  const counts = byState(operations, QUARTER.at);
  const cell = (value) => element("td", { class: "count", text: number(value) });
  const head = (...keys) => element("thead", {}, element("tr", {}, ...keys.map((key) => element("th", { scope: "col", text: word(key) }))));
  const states = [...counts].filter(([, { operations: many }]) => many).map(([code, held]) => element("tr", { "data-state": code },
    element("th", { scope: "row" }, stateSwatch(code), element("span", { text: stateName(code) })), cell(held.operations), cell(held.dwellings)));
  const events = operations.flatMap((operation) => operation.steps.filter(([since]) => since === QUARTER.at).map((held) => ({ operation, held })));
  events.sort((a, b) => (a.held[2] < b.held[2] ? -1 : a.held[2] > b.held[2] ? 1 : 0));
  const dwellings = (kind, code) => operations.filter((one) => one.kind === kind && stateOf(one, QUARTER.at).code === code).reduce((sum, one) => sum + one.dwellings, 0);
  return [
    element("p", { class: "result", text: word("calendar.balance", { gone: number(dwellings("demolition", "demolished")), back: number(dwellings("production", "delivered")) }) }),
    element("table", { class: "calendar" }, element("caption", { text: word("calendar.states") }), head("calendar.state", "calendar.operations", "calendar.dwellings"), element("tbody", {}, ...states)),
    events.length ? element("table", { class: "calendar events" }, element("caption", { text: word("calendar.events", { quarter: quarterName(QUARTER.at) }) }), head("calendar.day", "calendar.operation", "calendar.step"),
      element("tbody", {}, ...events.map(({ operation, held: [, code, day, planned] }) => element("tr", {},
        element("td", { text: dayText(day) }), element("th", { scope: "row", class: "data", text: operation.name || operation.id }),
        element("td", { text: planned ? word("calendar.plannedStep", { state: stateName(code) }) : stateName(code) })))))
      : element("p", { class: "quiet", text: word("calendar.noEvent") }),
  ];
}

function calendarLegend() {
  return element("section", { class: "scale states" },
    element("h2", {}, element("span", { text: `${quarterName(QUARTER.at)} · ${inside(word("calendar.legend"))}` }), natureTag("operations")),
    element("ul", { class: "pairs" }, ...DOCUMENT.states.map((code) => element("li", {}, stateSwatch(code), element("span", { text: stateName(code) })))), ...leftOutOfHalves());
}
