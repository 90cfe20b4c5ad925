// Corridor and south, side by side, for the measure on the map.
const SECTORS = ["corridor", "south"];

function drawComparison() {
  byId("comparison").replaceChildren(...comparisonParts().filter(known));
  byId("grounds").replaceChildren(...factsPart());
}

const sectorMark = (sector) => element("span", { class: "sector " + sector, text: codeLabel("sector", sector) });

// The measure on the map; with two halves, that of the right one stands under it.
function comparisonParts() {
  const measure = measureOf(state.shown) || DOCUMENT.measures[0] || null;
  const right = state.swipe.on ? measureOf(state.swipe.measure) : null;
  const second = right && right !== measure ? right : null;
  const title = element("h2", { text: word("compare.title") });
  return [title, second ? element("p", { class: "quiet half", text: word("swipe.left") }) : null, ...measureParts(measure, true),
    ...(second ? [element("p", { class: "quiet half", text: word("swipe.right") }), ...measureParts(second, false)] : [])];
}

function measureParts(measure, withSites) {
  const rows = measure ? DOCUMENT.comparison.filter((row) => row.measure === measure.key) : [];
  const sectors = SECTORS.map((sector) => ({ sector, row: rows.find((row) => row.sector === sector) || null, sites: (state.sites || []).filter(({ values }) => values.sector === sector) }));
  const shown = measure ? element("p", { class: "measured data", text: withUnit(spoken(measure.label), measure.unit) }) : null;
  return [
    shown,
    measure && rows.length ? resultSentence(measure, sectors) : element("p", { class: "quiet", text: word("compare.none") }),
    withSites || rows.length ? comparisonTable(measure, sectors, rows.length > 0, withSites) : null,
    measure ? distributionPart(measure, sectors) : null,
  ];
}

// Bring the communes of a sector into view.
function showSector(sector) {
  const held = shapes((state.small.communes || []).filter(({ values }) => values.sector === sector), "chosen", () => ({ stroke: false, fill: false }), { apart: true });
  if (held.getLayers().length) state.map.fitBounds(held.getBounds(), { ...clearOfLegend(), animate: false });
}

function resultSentence(measure, sectors) {
  const [corridor, south] = ["corridor", "south"].map((name) => (sectors.find(({ sector }) => sector === name).row || {}).p50);
  if (!known(corridor) || !known(south)) return null;
  const digits = measure.comparedDecimals;
  const say = (value) => quantity(value, digits, measure.unit);
  const round = (value) => Math.round(value * 10 ** digits);
  const apart = Math.abs(round(south) - round(corridor)) / 10 ** digits;
  const gap = measure.unit === "class" ? number(apart, digits) : say(apart);
  const key = round(south) === round(corridor) ? "compare.sentenceSame" : south > corridor ? "compare.sentenceMore" : "compare.sentenceLess";
  const text = word(key, { corridor: say(corridor), south: say(south), gap });
  return element("p", { class: "result data", text });
}

function comparisonTable(measure, sectors, measured, withSites) {
  const digits = measure ? measure.comparedDecimals : 0;
  const count = (number_) => (known(number_) ? number(number_) : "–");
  const line = (key, cell, kind) => element("tr", { class: kind || null }, element("th", { scope: "row", text: word(key) }), ...sectors.map((one) => element("td", { class: "data" }, cell(one))));
  const ofRow = (read) => ({ row }) => (row ? read(row) : "–");
  const heads = sectors.map(({ sector }) => element("th", { scope: "col" }, element("button", { type: "button", class: "link", title: word("compare.show"), onclick: () => showSector(sector) }, sectorMark(sector))));
  const sum = (list) => list.reduce((total, part) => total + part, 0);
  const scored = (sites) => sites.filter(({ score, values }) => known(score) && values.capacity > 0);
  const score = ({ sites }) => {
    const held = scored(sites);
    const capacity = sum(held.map(({ values }) => values.capacity));
    return capacity ? number(sum(held.map(({ score: points, values }) => points * values.capacity)) / capacity, 1) : "–";
  };
  return element("table", { class: "compare" },
    element("thead", {}, element("tr", {}, element("td"), ...heads)),
    element("tbody", {},
      ...(measured ? [
        line("compare.median", ofRow((row) => bigValue(row.p50, digits, measure.unit)), "big"),
        line("compare.quartiles", ofRow((row) => (known(row.p25) && known(row.p75) ? word("compare.and", { low: number(row.p25, digits), high: quantity(row.p75, digits, measure.unit) }) : "–"))),
        line("compare.dwellings", ofRow((row) => count(row.dwellings))),
        line("compare.missing", ofRow((row) => count(row.missing_dwellings))),
      ] : []),
      ...(withSites && state.sites && state.sites.length ? [
        line("compare.sites", ({ sites }) => count(sites.length), "first"),
        line("compare.capacity", ({ sites }) => count(sum(sites.map(({ values }) => values.capacity || 0)))),
        line("compare.score", score),
        line("compare.vetoed", ({ sites }) => count(sites.filter(({ vetoed }) => vetoed).length)),
      ] : []),
    ),
  );
}

function bigValue(value, digits, unit) {
  if (!known(value)) return "–";
  return element("span", {}, number(value, digits), unit ? element("small", { text: "\u00a0" + unitText(unit) }) : null);
}

function distributionPart(measure, sectors) {
  const bins = DOCUMENT.distribution.filter((row) => row.measure === measure.key);
  if (!bins.length) return null;
  const charts = sectors.map(({ sector, row }) => ({ sector, row, bins: bins.filter((bin) => bin.sector === sector) })).filter((chart) => chart.bins.length);
  const total = (chart) => chart.bins.reduce((sum, bin) => sum + (bin.dwellings || 0), 0) || 1;
  const most = Math.max(1e-9, ...charts.flatMap((chart) => chart.bins.map((bin) => (bin.dwellings || 0) / total(chart))));
  return element("figure", { class: "distribution" },
    element("figcaption", { text: withUnit(word("compare.distribution"), measure.unit) }),
    ...charts.map((chart) => element("div", { class: "chart" }, sectorMark(chart.sector), histogram(measure, chart, total(chart), most))));
}

const CHART = { width: 340, height: 82, foot: 22, head: 16 };

// Every bin has the same width on paper, whatever it spans: some are open, and limits are unequal.
function histogram(measure, { sector, row, bins }, total, most) {
  const wide = CHART.width / bins.length;
  const floor = CHART.height - CHART.foot;
  const box = drawn("svg", { viewBox: `-8 0 ${CHART.width + 16} ${CHART.height}`, role: "img", "aria-label": codeLabel("sector", sector) });
  const labelled = Math.ceil(bins.length / 9);
  bins.forEach((bin, place) => {
    const share = (bin.dwellings || 0) / total;
    const tall = (share / most) * (floor - CHART.head);
    const title = word("compare.bar", { sector: codeLabel("sector", sector), range: `${binLabel(bin)} ${unitText(measure.unit)}`, share: percent(share), count: number(bin.dwellings || 0) });
    box.append(drawn("rect", { x: place * wide + 1, y: floor - tall, width: wide - 2, height: tall, fill: binColour(measure, bin), stroke: "#2b2b2b", "stroke-width": tall > 0.6 ? 0.5 : 0 }, drawn("title", { text: title })));
    if (bins.length <= 8 && share > 0) box.append(drawn("text", { x: (place + 0.5) * wide, y: floor - tall - 3, "text-anchor": "middle", text: percent(share) }));
    if (known(bin.from_value) && place % labelled === 0) box.append(drawn("text", { x: place * wide, y: CHART.height - 2, "text-anchor": "middle", text: tidy(bin.from_value) }));
  });
  box.append(drawn("path", { d: `M0 ${floor}H${CHART.width}`, stroke: "#55524b", "stroke-width": 1 }));
  const middle = row && known(row.p50) ? bins.findIndex((bin) => !known(bin.to_value) || row.p50 <= bin.to_value) : -1;
  if (middle >= 0) {
    const x = (middle + shareOfBin(bins[middle], row.p50)) * wide;
    box.append(drawn("path", { d: `M${x - 4} ${floor + 7}H${x + 4}L${x} ${floor + 1}Z`, fill: "#111" }, drawn("title", { text: word("compare.median") })));
  }
  return box;
}

// Where in its bin a value stands; the middle of an open bin.
function shareOfBin({ from_value: from, to_value: to }, value) {
  if (!known(from) || !known(to) || to <= from) return 0.5;
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}

function binLabel({ from_value: from, to_value: to }) {
  if (!known(from)) return word("legend.below", { high: tidy(to) });
  if (!known(to)) return word("legend.above", { low: tidy(from) });
  return word("legend.between", { low: tidy(from), high: tidy(to) });
}

function binColour(measure, { from_value: from, to_value: to }) {
  const within_ = known(from) && known(to) ? (from + to) / 2 : known(to) ? to - 1e-6 : from + 1e-6;
  return measure.colours[classOf(within_, measure.breaks, measure.lowIsGood)];
}

function factsPart() {
  if (!DOCUMENT.facts.length) return [];
  return [element("h2", { text: word("about.facts") }), factList()];
}

const factList = () => element("dl", { class: "facts" }, ...DOCUMENT.facts.map(({ label, value }) => fact(spoken(label), spoken(value))));
