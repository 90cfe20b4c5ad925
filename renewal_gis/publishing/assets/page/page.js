// Opening the page: words, small layers, then the packed ones as soon as they are inflated.
function speak() {
  document.documentElement.lang = state.language;
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  for (const button of byId("languages").children) button.setAttribute("aria-pressed", button.dataset.language === state.language);
  byId("languages").setAttribute("aria-label", word("page.language"));
  byId("tabs").setAttribute("aria-label", word("tab.all"));
  byId("map").setAttribute("aria-label", word("map.name"));
  byId("map-right").setAttribute("aria-label", word("map.right"));
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
  for (const { markers } of state.siteGroups || []) for (const { record, marker } of markers) nameBadge(marker, record);
}

function write() {
  writeShown();
  writeHidden();
}

function writeShown() {
  speak();
  relabel();
  fillMeasures();
  drawNotice();
  drawLegend();
  drawComparison();
  drawSwipeLabels();
  drawFoot();
  state.namePerimeters();
  refreshPopup();
}

// The panes that wait behind their tabs are filled once the map is there.
function writeHidden() {
  refillSwipeBox();
  drawSitesPane();
  drawCalendarPane();
  drawLayers();
  drawAbout();
}

function homeButton(map) {
  const control = L.control({ position: "topright" });
  control.onAdd = () => {
    const button = element("button", { type: "button", id: "home", class: "home", text: "⌂", onclick: fitWhole });
    L.DomEvent.disableClickPropagation(button);
    return element("div", { class: "leaflet-bar" }, button);
  };
  control.addTo(map);
}

async function loaded(name) {
  try {
    return await inflated(byId("block-" + name).textContent);
  } catch (fault) {
    fail(name, fault);
    return null;
  }
}

const textOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

function fail(name, fault) {
  const old = typeof DecompressionStream === "undefined";
  const place = byId("waiting");
  place.hidden = false;
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

async function drawStock(stock) {
  state.stock = stock;
  state.tiles = new PackedTiles(stock, (context, view) => paintBuildings(context, view, state.classes), { pane: "stock" });
  followBuildings(stock);
  const first = (state.first = fillMeasures());
  const painted = new Promise((resolve) => state.tiles.once("drawn", resolve));
  if (first) {
    state.shown = first;
    state.classes = classification(stock, first);
  }
  switchable("stock", state.tiles, true, () => state.swipe.on && showSwipe());
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
    keepLink();
  });
  map.on("moveend", () => {
    state.moved = true;
    keepLink();
  });
  window.addEventListener("hashchange", () => {
    if (!readLinkAnew()) return keepLink(); // a jump inside the page: the address keeps what was set
    refreshSites();
    write();
  });
  window.addEventListener("beforeprint", () => layOutPaper(map));
  window.addEventListener("afterprint", () => leavePaper(map));
}

// The map takes the size of the sheet before it is printed, and shows what the screen shows.
let screenView = null;
function layOutPaper(map) {
  if (screenView) return;
  const moved_ = state.moved;
  screenView = { centre: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds(), moved: moved_, legend: byId("legend").open };
  byId("legend").open = true;
  document.documentElement.classList.add("printing");
  map.options.zoomSnap = 0.1; // paper is not scrolled: fill it
  map.invalidateSize({ pan: false });
  if (moved_) map.fitBounds(screenView.bounds, { animate: false });
  else fitAll();
  for (const tiles of [state.tiles, state.streetTiles, state.surfaceTiles, QUARTER.tiles, ...Object.values(cutTiles)]) if (tiles && tiles._map) tiles.flush();
  if (state.swipe.on) cutHalves();
  resizeRight();
  fitKey();
  for (const tiles of Object.values(RIGHT.groups)) if (tiles.flush && tiles._map) tiles.flush();
}

// A long legend is written smaller, so that paper loses no line of it.
function fitKey() {
  const frame = byId("legend");
  const whole = frame.scrollHeight;
  if (whole > frame.clientHeight) byId("legend-body").style.zoom = Math.max(0.5, (frame.clientHeight - 6) / whole);
}

function leavePaper(map) {
  if (!screenView) return;
  byId("legend-body").style.zoom = "";
  document.documentElement.classList.remove("printing");
  map.options.zoomSnap = ZOOM_STEP;
  map.invalidateSize({ pan: false });
  resizeRight();
  byId("legend").open = screenView.legend;
  map.setView(screenView.centre, screenView.zoom, { animate: false });
  state.moved = screenView.moved;
  screenView = null;
}

async function start(map) {
  const coming = ["streets", "stock"].map(packedLayer);
  const [small, tables] = await Promise.all(["small", "tables"].map(loaded));
  state.small = small ? unfolded(textOf(small)) : {};
  Object.assign(DOCUMENT, tables ? textOf(tables) : {});
  drawBase();
  drawIsochrones();
  drawConstraints();
  drawPerimeters();
  drawSites();
  openWeights();
  drawServices();
  drawLines();
  drawStops();
  drawFlows();
  openTabs();
  openSearch();
  openSwipe(map);
  openCalendar(map);
  linkBasics(map);
  homeButton(map);
  const [streets, stock] = await Promise.all(coming);
  if (streets) drawStreets(streets);
  const painted = stock ? drawStock(stock) : null;
  if (!stock) state.shown = state.first = fillMeasures();
  offerSurface();
  readLink();
  if (weighted()) refreshSites();
  state.opened = true;
  writeShown();
  state.arrangeNames();
  listen(map);
  // Nobody reads a page that is not there yet: no frame is waited for between two tiles.
  for (const tiles of [state.streetTiles, state.tiles]) if (tiles) tiles.flush();
  await painted;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const drawn_ = performance.now();
  writeHidden();
  const waiting = byId("waiting");
  if (!waiting.classList.contains("fault")) waiting.hidden = true;
  document.documentElement.dataset.drawn = Math.round(drawn_);
}

function open() {
  if (window.matchMedia("(max-width: 760px)").matches) byId("legend").open = false;
  speakFirst();
  const map = (state.map = madeMap());
  new ResizeObserver(reframe).observe(byId("map"));
  byId("legend").addEventListener("toggle", () => { keyHalves(); arrangeAll(); });
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

window.RenewalMap = { open, left: () => state.map, right: () => RIGHT.map };
