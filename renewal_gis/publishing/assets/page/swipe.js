// Two halves, in one map cut by a divider or side by side: each shows a measure and a list of sites.
state.swipe = { on: false, side: false, at: 50, placed: false, measure: null, scenarios: [null, null], classes: null, grid: null, counted: null };

const scenarios = () => [...new Set((state.sites || []).map(({ values }) => values.scenario).filter((one) => known(one) && one !== ""))].map(String).sort();
const inScenario = (scenario) => ({ values }) => scenario === null || String(values.scenario) === scenario;

// What the divider cuts; the left half is also what is drawn without a comparison.
const CUT_PANES = ["surface", "stock", "sites", "calendar", "badges"];

function drawSwipeBox() {
  const { swipe } = state;
  const stock = Boolean(state.stock);
  const list = scenarios();
  if (!stock && list.length < 2) return null;
  const choice = (id, text, entries, value, chosen) => {
    const select = element("select", { id, onchange: () => chosen(select.value) }, ...entries.map(([key, label]) => element("option", { value: key, text: label })));
    select.value = value;
    return element("label", { for: id, class: "choice" }, element("span", { text }), select);
  };
  const measures = [...byId("measure").options].map(({ value, textContent }) => [value, textContent]);
  const sites = [["", word("swipe.allSites")], ...list.map((one) => [one, scenarioName(one)])];
  const box = element("input", { type: "checkbox", id: "swipe-on", onchange: (event) => setSwipe(event.target.checked) });
  box.checked = swipe.on;
  const way = (sideBySide) => {
    const radio = element("input", { type: "radio", name: "way", id: sideBySide ? "swipe-side" : "swipe-cut", onchange: () => setWay(sideBySide) });
    radio.checked = swipe.side === sideBySide;
    return element("label", { class: "layer" }, radio, element("span", { text: word(sideBySide ? "swipe.side" : "swipe.cut") }));
  };
  const side = (place) => [
    stock && place === 1 ? choice("swipe-measure", word("swipe.measure"), measures, swipe.measure || state.shown, (key) => { swipe.measure = key; showSwipe(); }) : null,
    list.length > 1 ? choice("swipe-sites-" + place, word("swipe.sites"), sites, swipe.scenarios[place] || "", (key) => { swipe.scenarios[place] = key || null; showSwipe(); }) : null,
  ].filter(known);
  return element("div", { class: "swipe-box" },
    element("label", { class: "layer" }, box, element("span", { text: word("swipe.title") })),
    timePairs().length ? element("p", { class: "actions" }, element("button", { type: "button", class: "action", id: "swipe-times", text: word("swipe.times"), onclick: showBothTimes })) : null,
    swipe.on ? element("div", { class: "ways", role: "radiogroup", "aria-label": word("swipe.title") }, way(false), way(true)) : null,
    swipe.on ? element("div", { class: "halves" }, ...[0, 1].map((place) =>
      element("fieldset", {}, element("legend", { text: word(place ? "swipe.right" : "swipe.left") }),
        place === 0 && stock ? element("p", { class: "quiet data", text: shownLabel(state.shown) }) : null, ...side(place)))) : null);
}

const shownLabel = (key) => {
  const measure = measureOf(key);
  return measure ? spoken(measure.label) : key ? word("measure." + key) : "";
};

function setSwipe(wanted) {
  const { swipe } = state;
  swipe.on = wanted;
  if (wanted && !swipe.placed) placeDivider();
  if (wanted && !swipe.measure) {
    const options = [...byId("measure").options].map(({ value }) => value);
    swipe.measure = otherTime(String(state.shown)) || options.find((key) => key !== state.shown) || state.shown;
  }
  if (!wanted) swipe.scenarios = [null, null];
  showSwipe();
  if (!state.moved) fitWhole();
  if (wanted && !swipe.side) byId("divider").focus({ preventScroll: true });
}

// Until the reader moves it, the divider stands over the middle of the territory.
function placeDivider() {
  const { swipe, map } = state;
  if (!DOCUMENT.bounds) return;
  const middle = map.latLngToContainerPoint(L.latLngBounds(DOCUMENT.bounds).getCenter()).x / map.getSize().x;
  if (middle > 0.1 && middle < 0.9) swipe.at = Math.round(100 * middle);
  byId("divider").value = swipe.at;
}

function setWay(sideBySide) {
  state.swipe.side = sideBySide;
  showSwipe();
  if (sideBySide || state.swipe.placed) return;
  placeDivider();
  cutHalves();
}

// Draw what the halves hold, then cut each at the divider, or hand the right one to a map of its own.
function showSwipe() {
  const { swipe } = state;
  const hold = heldInPlace(byId("swipe-box"));
  byId("divider-box").hidden = !swipe.on;
  byId("divider-box").classList.toggle("side", swipe.side);
  // Counted anew for another measure only: that is what draws the tiles again.
  if (!swipe.on || swipe.counted !== swipe.measure) swipe.classes = swipe.grid = null;
  if (swipe.on) {
    swipe.classes = swipe.classes || (state.stock ? classification(state.stock, swipe.measure) : null);
    swipe.grid = swipe.grid || gridClasses(swipe.measure);
    swipe.counted = swipe.measure;
  }
  drawSwipeLabels();
  setRight(swipe.on && swipe.side);
  rightTiles();
  rightSites();
  drawQuarterMarks();
  state.arrangeNames();
  if (RIGHT.shown) RIGHT.arrange();
  cutHalves();
  drawLegend();
  drawComparison();
  refillSwipeBox();
  hold();
  keepLink();
}

function refillSwipeBox() {
  const focused = document.activeElement && document.activeElement.id;
  byId("swipe-box").replaceChildren(...[drawSwipeBox()].filter(known));
  if (focused && focused.startsWith("swipe-") && byId(focused)) byId(focused).focus();
}

// With a divider, the right half has tiles of its own over those of the left one, in panes that are cut.
const cutTiles = {};
function rightTiles() {
  const { swipe } = state;
  const looks = { stock: () => swipe.classes, surface: () => swipe.grid };
  for (const [key, look] of Object.entries(looks)) {
    if (!swipe.on || swipe.side || !state[key] || !state.layers[key].visible) {
      if (cutTiles[key]) cutTiles[key].remove();
      continue;
    }
    cutTiles[key] = cutTiles[key] || new PackedTiles(state[key], (context, view) => paintBuildings(context, view, look()), { pane: key + "B", look });
    if (state.map.hasLayer(cutTiles[key])) cutTiles[key].refresh();
    else cutTiles[key].addTo(state.map);
  }
}

// The sites of each half; one group again when there is no swipe.
function rightSites() {
  const { swipe } = state;
  const wanted = swipe.on ? swipe.scenarios : [null];
  if (!state.siteGroups) return;
  for (const { group } of state.siteGroups) group.remove();
  state.siteGroups = wanted.map((scenario, place) =>
    siteGroup(state.sites.filter(inScenario(scenario)), place && swipe.side ? RIGHT.map : state.map, !place ? "" : swipe.side ? RIGHT.suffix : "B"));
  if (state.layers.sites.visible) for (const { group, on } of state.siteGroups) group.addTo(on);
}

function cutHalves() {
  const { swipe, map } = state;
  const size = map.getSize();
  const from = map.containerPointToLayerPoint([0, 0]);
  const to = map.containerPointToLayerPoint(size);
  const cut = from.x + (size.x * swipe.at) / 100;
  const spans = [[from.x, cut], [cut, to.x]];
  ["", "B"].forEach((suffix, place) => {
    for (const name of CUT_PANES) {
      const [west, east] = spans[place];
      map.getPane(name + suffix).style.clip = swipe.on && !swipe.side ? `rect(${from.y}px, ${east}px, ${to.y}px, ${west}px)` : "";
    }
  });
  byId("divider-line").style.left = swipe.at + "%";
  placeSaid(size.x);
}

// What each half shows stands beside the divider, clear of the search on the left and of the buttons on the right.
function placeSaid(width) {
  const { swipe } = state;
  const cut = (width * swipe.at) / 100;
  const spaces = [cut - (width > 640 ? 304 : 8), width - 64 - cut];
  [...byId("divider-said").children].forEach((text, place) => {
    const room = spaces[place] - 10;
    const beside = swipe.side ? {} : place ? { left: `${cut + 10}px` } : { right: `${width - cut + 10}px` };
    Object.assign(text.style, { left: "", right: "", maxWidth: "", opacity: "" }, beside, swipe.side ? {} : { maxWidth: Math.max(0, Math.min(250, room)) + "px", opacity: room < 80 ? "0" : "" });
  });
}

// The same minutes in the earlier timetable and in today's; null without such a pair.
function otherTime(key) {
  const [kind, subject] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  const other = { transit_min: "transit_min_before:", transit_min_before: "transit_min:" }[kind];
  const there = (one) => { const measure = measureOf(one); return Boolean(measure && measure.inStock); };
  return other && there(key) && there(other + subject) ? other + subject : null;
}

const timePairs = () => DOCUMENT.measures.map(({ key }) => key).filter((key) => key.startsWith("transit_min_before:") && otherTime(key));

// What another timetable changed: before on the left, today on the right, in the same classes.
function showBothTimes() {
  const subject = String(state.shown).slice(String(state.shown).indexOf(":") + 1);
  const before = timePairs().find((key) => key === "transit_min_before:" + subject) || timePairs()[0];
  state.swipe.measure = otherTime(before);
  showMeasure(before);
  setSwipe(true);
}

function drawSwipeLabels() {
  const { swipe } = state;
  if (!swipe.on) return byId("divider-said").replaceChildren();
  const text = (place) => [state.stock ? shownLabel(place ? swipe.measure : state.shown) : null,
    swipe.scenarios[place] === null ? null : scenarioName(swipe.scenarios[place])].filter(known).join(" · ");
  byId("divider").setAttribute("aria-label", word("swipe.divider"));
  byId("divider-said").replaceChildren(element("span", { class: "data", text: text(0) }), element("span", { class: "data", text: text(1) }));
  placeSaid(state.map.getSize().x);
}

function openSwipe(map) {
  const divider = byId("divider");
  divider.addEventListener("input", () => {
    Object.assign(state.swipe, { at: Number(divider.value), placed: true });
    divider.setAttribute("aria-valuetext", percent(state.swipe.at / 100));
    cutHalves();
    keepLink();
  });
  map.on("move zoomend resize viewreset", () => state.swipe.on && cutHalves());
  linkPart("swipe", () => {
    const { on, side, at, measure, scenarios: [left, right] } = state.swipe;
    return on ? [String(at), measure || "", left || "", right || "", ...(side ? ["side"] : [])] : [];
  }, ([at, measure = "", left = "", right = "", way = ""]) => {
    const place = wholeNumber(at, 0, 100);
    if (place === null) return;
    const options = [...byId("measure").options].map(({ value }) => value);
    const list = scenarios();
    Object.assign(state.swipe, { at: place, placed: true, side: way === "side", measure: options.includes(measure) ? measure : null, scenarios: [left, right].map((one) => (list.includes(one) ? one : null)) });
    divider.value = place;
    setSwipe(true);
  }, () => state.swipe.on && setSwipe(false));
}
