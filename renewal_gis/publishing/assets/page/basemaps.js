// Optional base maps from the network: asked for by the reader, offered when they answer, off otherwise.
const IGN = "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";
const BASE_MAPS = [
  { key: "plan", url: IGN + "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&FORMAT=image/png", thanks: "© IGN – Plan IGN v2 (Licence Ouverte 2.0)" },
  { key: "ortho", url: IGN + "&LAYER=ORTHOIMAGERY.ORTHOPHOTOS&FORMAT=image/jpeg", thanks: "© IGN – BD ORTHO® (Licence Ouverte 2.0)" },
  { key: "osm", url: "https://tile.openstreetmap.org/{z}/{x}/{y}.png", thanks: "© OpenStreetMap (ODbL)" },
];
const basemaps = { asked: false, answered: [], chosen: null };

function probe({ url }) {
  return new Promise((resolve) => {
    const image = new Image();
    const late = setTimeout(() => resolve(false), 6000);
    const done = (answer) => () => { clearTimeout(late); resolve(answer); };
    image.onload = done(true);
    image.onerror = done(false);
    image.referrerPolicy = "strict-origin-when-cross-origin";
    image.src = L.Util.template(url, { z: 10, x: 521, y: 346 });
  });
}

async function askForBaseMaps() {
  basemaps.asked = "waiting";
  drawLayers();
  const answers = await Promise.all(BASE_MAPS.map(probe));
  basemaps.asked = true;
  basemaps.answered = BASE_MAPS.filter((_, place) => answers[place]);
  drawLayers();
  say(word(basemaps.answered.length ? "base.found" : "base.none"));
}

function chooseBaseMap(key) {
  const found = BASE_MAPS.find((one) => one.key === key) || null;
  basemaps.chosen = found;
  for (const map of [state.map, RIGHT.map]) if (map) layBaseMap(map);
  drawFoot();
}

// The same base map under both halves; the page's own ground would hide the tiles.
function layBaseMap(map) {
  if (map.baseMap) map.baseMap.remove();
  map.baseMap = basemaps.chosen && L.tileLayer(basemaps.chosen.url, { maxZoom: 19, pane: "tilePane" }).addTo(map);
  if (map.baseMap) map.baseMap.once("tileerror", () => say(word("base.lost")));
  map.getContainer().classList.toggle("tiled", Boolean(basemaps.chosen));
}

function baseMapRows() {
  if (basemaps.asked !== true) {
    return [element("p", { class: "quiet", text: word("base.note") }),
      element("button", { type: "button", id: "ask-base", class: "action", disabled: basemaps.asked === "waiting", text: word(basemaps.asked ? "base.asking" : "base.ask"), onclick: askForBaseMaps })];
  }
  if (!basemaps.answered.length) return [element("p", { class: "quiet", text: word("base.none") }), element("button", { type: "button", id: "ask-base", class: "action", text: word("base.again"), onclick: askForBaseMaps })];
  return [null, ...basemaps.answered].map((one) => {
    const box = element("input", { type: "radio", name: "base", value: one ? one.key : "", onchange: () => chooseBaseMap(one && one.key) });
    box.checked = (basemaps.chosen && basemaps.chosen.key) === (one ? one.key : null);
    return element("label", { class: "layer" }, box, element("span", { text: word("base." + (one ? one.key : "own")) }));
  });
}
