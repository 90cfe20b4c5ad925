// Opening the page: words, small layers, then the packed ones as soon as they are inflated.
function speak() {
  document.documentElement.lang = state.language;
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  for (const button of byId("languages").children) button.setAttribute("aria-pressed", button.dataset.language === state.language);
  byId("languages").setAttribute("aria-label", word("page.language"));
  byId("tabs").setAttribute("aria-label", word("tab.all"));
  byId("map").setAttribute("aria-label", word("map.name"));
  byId("search").placeholder = word("search.label");
  byId("found").setAttribute("aria-label", word("search.label"));
  if (!state.map) return;
  const [zoomIn, zoomOut] = state.zoomControl.getContainer().querySelectorAll("a");
  for (const [link, key] of [[zoomIn, "map.zoomIn"], [zoomOut, "map.zoomOut"]]) {
    link.title = word(key);
    link.setAttribute("aria-label", word(key));
  }
  const home = byId("home");
  home.title = word("map.home");
  home.setAttribute("aria-label", word("map.home"));
  for (const site of state.sites || []) if (site.marker) nameBadge(site.marker, site);
}

function write() {
  speak();
  relabel();
  fillMeasures();
  drawNotice();
  drawLegend();
  drawComparison();
  byId("pane-sites").replaceChildren(sitesTable());
  drawLayers();
  drawAbout();
  drawFoot();
  state.namePerimeters();
  refreshPopup();
}

function homeButton(map) {
  const control = L.control({ position: "topright" });
  control.onAdd = () => {
    const button = element("button", { type: "button", id: "home", class: "home", text: "⌂", onclick: fitAll });
    L.DomEvent.disableClickPropagation(button);
    return element("div", { class: "leaflet-bar" }, button);
  };
  control.addTo(map);
}

async function loaded(name) {
  try {
    return await inflated(name);
  } catch (fault) {
    fail(name, fault);
    return null;
  }
}

function fail(name, fault) {
  const old = typeof DecompressionStream === "undefined";
  const place = byId("waiting");
  place.classList.add("fault");
  place.textContent = old ? word("page.oldBrowser") : word("page.broken", { layer: layerName(name) });
  console.error(name, fault);
}

async function packedLayer(name) {
  const described = own(DOCUMENT.packed, name);
  if (!described) return null;
  const bytes = await loaded(name);
  if (!bytes) return null;
  try {
    return decoded(described, bytes);
  } catch (fault) {
    fail(name, fault);
    return null;
  }
}

function drawStreets(streets) {
  state.streets = streets;
  const ranks = streets.columns.get("rank");
  streets.hasMain = Boolean(ranks && ranks.values.some((rank) => rank > 0));
  state.streetTiles = new PackedTiles(streets, paintStreets, { pane: "streets" });
  switchable("minorStreets", null, false, () => state.streetTiles._map && state.streetTiles.repaint());
  switchable("streets", state.streetTiles, true);
}

async function drawStock(stock) {
  state.stock = stock;
  state.tiles = new PackedTiles(stock, paintBuildings, { pane: "stock" });
  const first = fillMeasures();
  const painted = new Promise((resolve) => state.tiles.once("drawn", resolve));
  if (first) {
    state.shown = first;
    state.classes = classification(stock, first);
  }
  switchable("stock", state.tiles, true);
  fillMeasures();
  await painted;
}

function listen(map) {
  map.on("click", (event) => describe(event.latlng));
  byId("map").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === byId("map")) describe(map.getCenter());
  });
  byId("measure").addEventListener("change", (event) => showMeasure(event.target.value));
  byId("languages").addEventListener("click", (event) => {
    if (!event.target.dataset.language) return;
    state.language = event.target.dataset.language;
    write();
  });
  window.addEventListener("beforeprint", () => map.invalidateSize(false));
}

async function start(map) {
  const small = await loaded("small");
  state.small = small ? JSON.parse(new TextDecoder().decode(small)) : {};
  drawBase();
  drawIsochrones();
  drawConstraints();
  drawPerimeters();
  drawSites();
  drawServices();
  drawStops();
  openTabs();
  openSearch();
  listen(map);
  homeButton(map);
  const [streets, stock] = await Promise.all([packedLayer("streets"), packedLayer("stock")]);
  if (streets) drawStreets(streets);
  const painted = stock ? drawStock(stock) : null;
  if (!stock) state.shown = fillMeasures();
  write();
  state.arrangeNames();
  await painted;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const waiting = byId("waiting");
  if (!waiting.classList.contains("fault")) waiting.hidden = true;
  document.documentElement.dataset.drawn = Math.round(performance.now());
}

function open() {
  if (window.matchMedia("(max-width: 760px)").matches) byId("legend").open = false;
  speakFirst();
  const map = (state.map = madeMap());
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(byId("map"));
  fitAll();
  start(map).catch((fault) => fail("small", fault));
  return map;
}

// Before the layers are there only the fixed words can be written.
function speakFirst() {
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  drawNotice();
  drawFoot();
  if (!DOCUMENT.bounds) say(word("map.noCommunes"));
}

window.RenewalMap = { open };
