// Candidate sites: polygons and badges in one colour scale whatever the sector, popups, table.
function drawSites() {
  const records = (state.small.sites || []).map((record) => ({ ...record, ...siteFacts(record) }));
  state.sites = records;
  state.siteGroups = [siteGroup(records, state.map, "")];
  switchable("sites", null, true, (visible) => {
    for (const { group, on } of state.siteGroups) if (visible) group.addTo(on); else group.remove();
  });
}

// The outlines and the badges of some sites, in two panes of one half.
function siteGroup(records, on, suffix) {
  const polygons = shapes(records, "sites" + suffix, siteStyle, { apart: true });
  polygons.eachLayer((layer) => {
    layer.options.interactive = true;
    layer.options.bubblingMouseEvents = false;
    layer.on("click", () => openSite(layer.record, false, on));
  });
  const markers = records.filter(({ at }) => at).map((record) => ({ record, marker: siteBadge(record, on, "badges" + suffix) }));
  return { on, polygons, markers, group: L.layerGroup([polygons, L.layerGroup(markers.map(({ marker }) => marker))]) };
}

// New scores: colours, numbers and names of what is drawn change in place.
function refreshSites() {
  for (const { polygons, markers } of state.siteGroups) {
    polygons.eachLayer((layer) => layer.setStyle(siteStyle(layer.record)));
    for (const { record, marker } of markers) {
      marker.options.icon.options.html = badgeNode(record);
      const icon = marker.getElement();
      if (icon) icon.replaceChildren(marker.options.icon.options.html);
      marker.setZIndexOffset(badgeLevel(record));
      nameBadge(marker, record);
    }
  }
}

const badgeLevel = (record) => (record.vetoed ? -200 : Math.round(record.score || 0));

function siteFacts({ values }) {
  const vetoed = known(values.veto) && String(values.veto).trim() !== "";
  return { vetoed, score: known(values.score) ? values.score : null };
}

function siteStyle(record) {
  const fillColor = record.vetoed ? vetoFill() : known(record.score) ? scoreColour(record.score) : noDataHatch();
  return { interactive: true, color: record.vetoed ? "#8c1d18" : "#16181c", weight: 1.8, fillColor, fillOpacity: 0.92 };
}

function badgeNode(record) {
  const colour = scoreColour(record.score);
  const sector = record.values.sector === "corridor" ? "round" : "square";
  const plain = record.vetoed || !known(record.score);
  const kind = record.vetoed ? "vetoed" : known(record.score) ? "" : "unscored";
  return element("span", {
    class: `badge ${sector} ${kind}`,
    style: plain ? {} : { background: colour, color: inkOn(colour) },
    text: badgeText(record),
  });
}

function siteBadge(record, on, pane) {
  const icon = L.divIcon({ html: badgeNode(record), className: "badge-anchor", iconSize: [28, 28] });
  const marker = L.marker([record.at[1], record.at[0]], { icon, pane, riseOnHover: true, zIndexOffset: badgeLevel(record) });
  marker.on("click", () => openSite(record, false, on));
  marker.on("keypress", (event) => event.originalEvent.key === "Enter" && openSite(record, false, on));
  marker.on("add", () => nameBadge(marker, record));
  return marker;
}

const badgeText = (record) => (record.vetoed ? "✕" : known(record.score) ? String(Math.round(record.score)) : "–");

// The name said begins with the sign shown, so that a reader who speaks to the page finds it.
function nameBadge(marker, record) {
  const icon = marker.getElement();
  if (!icon) return;
  const parts = [badgeText(record), siteName(record), record.vetoed ? word("legend.veto") : known(record.score) ? `${word("sites.score")} ${number(record.score, 1)}` : word("legend.noScore")];
  icon.setAttribute("aria-label", parts.join(", "));
  icon.title = siteName(record);
}

const siteName = ({ id, values }) => (known(values.name) ? String(values.name) : id);
// A veto may be a text, or the kinds of the constraints that forbid the site.
function vetoReason(veto) {
  const parts = String(veto).split(/\s*[,;]\s*/);
  const kinds = own(DOCUMENT.codes, "kind");
  return parts.every((part) => own(kinds, part)) ? parts.map((part) => codeLabel("kind", part)).join(", ") : String(veto);
}
const scenarioName = (scenario) => codeLabel("sector", scenario);

function openSite(record, zoom, on = state.map) {
  if (!record.at) return say(word("sites.unplaced"));
  const at = [record.at[1], record.at[0]];
  if (zoom) bringMap();
  if (zoom) state.map.setView(at, Math.max(state.map.getZoom(), 15), { animate: false });
  showPopup(at, () => sitePopup(record), { wide: true, offset: [0, -8], on });
}

function sitePopup(record) {
  const { values } = record;
  const under = [communeName(values.commune), known(values.sector) ? codeLabel("sector", values.sector) : null].filter(known).join(" · ");
  const ranked = state.sites.filter((site) => known(site.values.rank)).length;
  const rank = known(values.rank) ? word("sites.rankOf", { rank: number(values.rank), count: number(ranked) }) : word("sites.unranked");
  return element("div", { class: "said site" },
    heading(siteName(record), natureTag("sites")),
    element("p", { class: "under data", text: under }),
    element("div", { class: "key" },
      keyFigure(word("sites.score"), known(values.score) ? number(values.score, 1) : "–", scoreNote(values)),
      keyFigure(word("sites.rank"), rank, [rankRange(values), known(values.scenario) ? word("sites.scenario", { scenario: scenarioName(values.scenario) }) : null].filter(known).join(" · ") || null),
      keyFigure(word("compare.capacity"), known(values.capacity) ? number(values.capacity) : "–", word("legend.dwellings")),
    ),
    record.vetoed ? element("p", { class: "veto" }, element("b", { class: "data", text: word("sites.veto", { reason: vetoReason(values.veto) }) }), element("span", { text: word("sites.vetoNote") })) : null,
    ...breakdownPart(record),
    ...zoneParts(L.latLng(record.at[1], record.at[0])),
    sourcePart("sites"),
    ...datedFacts(),
  );
}

// Missing criteria leave a site several ranks it may have.
const rankRange = ({ rank_best: best, rank_worst: worst }) =>
  known(best) && known(worst) && best !== worst ? word("sites.rankRange", { best: number(best), worst: number(worst) }) : null;

function scoreNote({ score_low: low, score_high: high, score_geometric: geometric }) {
  const parts = [];
  if (known(low) && known(high) && low !== high) parts.push(word("sites.interval", { low: number(low, 1), high: number(high, 1) }));
  if (known(geometric)) parts.push(word("sites.geometric", { value: number(geometric, 1) }));
  return parts.join(" · ") || null;
}

const keyFigure = (label, value, note) =>
  element("div", {}, element("small", { text: label }), element("strong", { class: "data", text: value }), note ? element("small", { class: "data", text: note }) : null);

function breakdownPart(record) {
  const rows = DOCUMENT.breakdown.filter(({ site }) => String(site) === record.id);
  if (!rows.length) return [element("p", { class: "quiet", text: word("sites.noBreakdown") }), ...siteMeasures(record)];
  const list = rows.map((row) => {
    const measure = measureOf(row.measure);
    const label = (state.language === "fr" ? row.fr : row.en) || (measure ? spoken(measure.label) : row.criterion);
    const colour = scoreColour(row.points);
    const bar = known(row.points)
      ? element("div", { class: "bar" }, element("i", { style: { width: Math.max(1, Math.min(100, row.points)) + "%", background: colour } }))
      : element("div", { class: "bar none" });
    const value = quantity(row.value, valueDecimals(row, measure), row.unit);
    return element("li", {},
      element("span", { class: "criterion data", text: label }),
      element("span", { class: "points", text: known(row.points) ? word("sites.points", { points: number(row.points) }) : word("popup.missing") }),
      bar,
      element("span", { class: "value data", text: value }),
      element("span", { class: "weight", text: known(row.weight) ? word("sites.weight", { weight: tidy(weightNow(row)) }) : "" }),
    );
  });
  return [element("h3", { text: word("sites.breakdown") }), element("ul", { class: "breakdown" }, ...list)];
}

const weightNow = (row) => (weighing.criteria.find(({ name }) => name === String(row.criterion)) || { now: row.weight }).now;
const valueDecimals = (row, measure) => (measure ? measure.siteDecimals : Number.isInteger(row.value) ? 0 : 1);

function siteMeasures(record) {
  const rows = DOCUMENT.measures.filter(({ inSites }) => inSites).map((measure) => measureRow(measure, own(record.values, measure.key) ?? null, measure.siteDecimals));
  return rows.length ? [element("h3", { text: word("sites.measures") }), element("dl", { class: "facts measures" }, ...rows)] : [];
}

function drawSitesPane() {
  byId("pane-sites").replaceChildren(...[weightsPart(), element("div", { id: "sites-table" }, sitesTable())].filter(known));
}

// The same sites as a table; the order is the ranking's, sites without a rank come last.
function sitesTable() {
  if (!state.sites.length) return element("p", { class: "quiet", text: word("sites.none") });
  const last = (value) => (known(value) ? value : Infinity);
  const order = [...state.sites].sort((a, b) => last(a.values.rank) - last(b.values.rank) || (b.score || 0) - (a.score || 0));
  const head = ["sites.rank", "sites.site", "sites.capacity", "sites.score"].map((key) => element("th", { scope: "col", text: word(key) }));
  return element("table", { class: "sites" },
    element("caption", { text: word("sites.caption") }),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...order.map(siteRow)),
  );
}

// The study's own rank, when the weights have moved the site.
function rankBefore({ values, given }) {
  if (!given || !known(given.rank) || given.rank === values.rank) return null;
  return element("small", { title: word("weights.before"), text: `(${number(given.rank)})` }, element("span", { class: "unseen", text: word("weights.before") }));
}

function siteRow(record) {
  const { values } = record;
  const name = element("button", { type: "button", class: "link data", text: siteName(record), onclick: () => openSite(record, true) });
  const under = [communeName(values.commune), known(values.scenario) ? scenarioName(values.scenario) : null].filter(known).join(" · ");
  const interval = known(values.score_low) && known(values.score_high) && values.score_low !== values.score_high
    ? element("small", { text: `${number(values.score_low, 1)} – ${number(values.score_high, 1)}` }) : null;
  return element("tr", { class: record.vetoed ? "vetoed" : null, "data-site": record.id },
    element("td", { class: "rank" }, element("span", { text: known(values.rank) ? number(values.rank) : "–" }), rankBefore(record)),
    element("th", { scope: "row" }, name, element("small", { class: "data", text: under }), record.vetoed ? element("small", { class: "reason data", text: word("sites.veto", { reason: vetoReason(values.veto) }) }) : null),
    element("td", { class: "count", text: known(values.capacity) ? number(values.capacity) : "–" }),
    element("td", { class: "score" }, badgeNode(record), element("b", { text: known(values.score) ? number(values.score, 1) : word("legend.noScore") }), interval),
  );
}
