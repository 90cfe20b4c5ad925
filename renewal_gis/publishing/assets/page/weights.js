// Weights in the meeting: the scores, the ranks and the comparison follow the sliders, as Python would compute them.
const weighing = { criteria: [], pointsOf: new Map() };

function openWeights() {
  weighing.criteria = DOCUMENT.criteria.map((one) => ({ ...one, now: one.weight }));
  for (const { site, criterion, points } of DOCUMENT.breakdown) {
    const key = String(site);
    if (!weighing.pointsOf.has(key)) weighing.pointsOf.set(key, new Map());
    weighing.pointsOf.get(key).set(String(criterion), points);
  }
  for (const record of state.sites) record.given = { ...record.values };
  linkPart("w", () => weighing.criteria.filter(moved).map(({ name, now }) => `${name}:${now}`), (texts) => {
    for (const one of weighing.criteria) one.now = one.weight;
    for (const text of texts) {
      const cut = text.lastIndexOf(":");
      const one = weighing.criteria.find(({ name }) => name === text.slice(0, cut));
      const weight = Number(text.slice(cut + 1));
      if (cut > 0 && one && Number.isFinite(weight) && weight >= 0) one.now = weight;
    }
    scoreAgain();
  }, () => {
    for (const one of weighing.criteria) one.now = one.weight;
    scoreAgain();
  });
}

const moved = ({ now, weight }) => now !== weight;
const weighted = () => weighing.criteria.some(moved);
const totalWeight = () => weighing.criteria.reduce((sum, { now }) => sum + now, 0);

// Nine decimals, halves to the even neighbour: what numpy rounds to.
function toNine(value) {
  const large = value * 1e9;
  const low = Math.floor(large);
  const half = large - low;
  return (half < 0.5 || (half === 0.5 && low % 2 === 0) ? low : low + 1) / 1e9;
}

// Weighted mean with the missing criteria at 0 and at 100, and the geometric mean.
function scored(points) {
  const total = totalWeight();
  let low = 0, high = 0, logs = 0;
  let complete = true;
  for (const { name, now } of weighing.criteria) {
    const held = points.get(name);
    const share = now / total;
    low += (known(held) ? held : 0) * share;
    high += (known(held) ? held : 100) * share;
    if (now === 0) continue;
    if (known(held)) logs += share * Math.log(held);
    else complete = false;
  }
  return {
    score_low: toNine(low), score_high: toNine(high),
    score: complete ? toNine(low) : null, score_geometric: complete ? toNine(Math.exp(logs)) : null,
  };
}

const SCORES = ["score", "score_low", "score_high", "score_geometric", "rank", "rank_best", "rank_worst"];

function scoreAgain() {
  const counts = totalWeight() > 0;
  const held = state.sites.filter(({ id }) => weighing.pointsOf.has(id));
  for (const record of held) {
    if (!weighted()) Object.assign(record.values, record.given);
    else Object.assign(record.values, Object.fromEntries(SCORES.map((name) => [name, null])), counts ? scored(weighing.pointsOf.get(record.id)) : {});
    Object.assign(record, siteFacts(record));
  }
  if (weighted() && counts) rankAgain(held);
}

// A site the study scored and did not rank stays without a rank.
function rankAgain(sites) {
  const ranked = sites.filter(({ given }) => known(given.rank) || !known(given.score));
  const above = (list, name, own_) => list.filter(({ values }) => known(values[name]) && values[name] > own_).length;
  for (const { values } of ranked) {
    values.rank = known(values.score) ? above(ranked, "score", values.score) + 1 : null;
    values.rank_best = above(ranked, "score_low", values.score_high) + 1;
    // Its own high, above its low where a measure is missing, does not push a site down.
    values.rank_worst = above(ranked, "score_high", values.score_low) + (values.score_high > values.score_low ? 0 : 1);
  }
}

function showScores() {
  const asked = performance.now();
  scoreAgain();
  refreshSites();
  byId("sites-table").replaceChildren(sitesTable());
  drawLegend();
  drawComparison();
  refreshPopup();
  keepLink();
  noteAfterFrame("ranked", asked);
}

// How long a change took to reach the screen, for the benchmark.
function noteAfterFrame(name, asked) {
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset[name] = Math.round(performance.now() - asked); }));
}

function noteAfterPaint(name, asked, tiles) {
  if (tiles && tiles.waiting.length) tiles.once("drawn", () => noteAfterFrame(name, asked));
  else noteAfterFrame(name, asked);
}

const criterionLabel = ({ label, name }) => spoken(label) || name;
const shareText = (now) => (totalWeight() > 0 ? percent(now / totalWeight()) : percent(0));
const weightText = (now) => `${tidy(now)} · ${shareText(now)}`;

function weightsPart() {
  if (!weighing.criteria.length || !state.sites.length) return null;
  const most = Math.max(5, ...weighing.criteria.map(({ weight }) => Math.ceil(weight)));
  const outputs = [];
  const refresh = () => {
    weighing.criteria.forEach((one, k) => {
      outputs[k].textContent = weightText(one.now);
      outputs[k].classList.toggle("moved", moved(one));
    });
    note.textContent = totalWeight() > 0 ? (weighted() ? word("weights.changed") : word("weights.asStudy")) : word("weights.none");
    restore.disabled = !weighted();
  };
  const note = element("p", { class: "quiet", role: "status" });
  const sliders = weighing.criteria.map((one, k) => {
    outputs[k] = element("output", { for: "weight-" + k });
    const box = element("input", { type: "range", id: "weight-" + k, min: 0, max: most, step: 0.1, oninput: () => {
      one.now = Number(box.value);
      box.setAttribute("aria-valuetext", weightText(one.now));
      refresh();
      showScores();
    } });
    box.value = one.now;
    box.setAttribute("aria-valuetext", weightText(one.now));
    one.box = box;
    return element("div", { class: "weight-row" }, element("label", { for: "weight-" + k, class: "data", text: criterionLabel(one) }), outputs[k], box);
  });
  const restore = element("button", { type: "button", id: "restore", class: "action", text: word("weights.restore"), onclick: () => {
    for (const one of weighing.criteria) one.box.value = one.now = one.weight;
    refresh();
    showScores();
    say(word("weights.restored"));
  } });
  const save = element("button", { type: "button", id: "save-weights", class: "action", text: word("weights.save"), onclick: showSnippet });
  refresh();
  return element("details", { class: "weights", id: "weights", open: weighing.open, ontoggle: (event) => { weighing.open = event.target.open; } },
    element("summary", { text: word("weights.title") }), note, ...sliders, element("p", { class: "actions" }, restore, save));
}

// A text as TOML writes it between quotes.
function quoted(text) {
  const escaped = String(text).replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
  return `"${escaped}"`;
}

// The criteria as a study file holds them. Two anchors worth 100 and 0 are its `best` and `worst`.
function snippet() {
  return weighing.criteria.map((one) => {
    const [first, second] = one.anchors;
    const plain = one.anchors.length === 2 && ((first[1] === 100 && second[1] === 0) || (first[1] === 0 && second[1] === 100));
    const [best, worst] = plain && first[1] === 0 ? [second, first] : [first, second];
    const lines = ["[[criteria]]", `name = ${quoted(one.name)}`, `measure = ${quoted(one.measure)}`];
    if (plain) lines.push(`best = ${best[0]}`, `worst = ${worst[0]}`);
    else if (one.anchors.length) lines.push(`anchors = [${one.anchors.map((pair) => `[${pair.join(", ")}]`).join(", ")}]`);
    lines.push(`weight = ${one.now}`);
    if (one.group) lines.push(`group = ${quoted(one.group)}`);
    if (one.verified) lines.push("verified = true");
    if (one.source) lines.push(`source = ${quoted(one.source)}`);
    return lines.join("\n") + "\n";
  }).join("\n");
}

function showSnippet() {
  const text = snippet();
  const area = element("textarea", { readonly: true, rows: 14, spellcheck: "false", "aria-label": word("weights.snippet") });
  area.value = text;
  const address = element("input", { type: "text", readonly: true, "aria-label": word("weights.link") });
  address.value = location.href.split("#")[0] + "#" + linkText();
  const file = element("a", { class: "action", download: "criteria.toml", href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), text: word("weights.file") });
  openDialog(word("weights.save"), [
    element("p", { text: word("weights.snippetNote") }), area, element("p", { class: "actions" }, file),
    element("h3", { text: word("weights.link") }), element("p", { class: "quiet", text: word("weights.linkNote") }), address,
  ], () => URL.revokeObjectURL(file.href));
}
