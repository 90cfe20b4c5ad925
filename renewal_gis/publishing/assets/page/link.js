// The address keeps what the reader set: language, measure, view, weights, quarter, comparison.
const linkParts = []; // {key, write() -> texts, read(texts), reset()}
let linkWaits = null;

const linkPart = (key, write, read, reset) => linkParts.push({ key, write, read, reset });

function linkText() {
  const held = new URLSearchParams();
  for (const { key, write } of linkParts) for (const text of write()) held.append(key, text);
  return held.toString();
}

// Written a little later, once for many changes.
function keepLink() {
  if (!state.opened) return; // the address has not been read yet
  clearTimeout(linkWaits);
  linkWaits = setTimeout(() => {
    try {
      const text = linkText();
      history.replaceState(null, "", text ? "#" + text : "#");
    } catch (refused) { /* a page shown inside another has no address of its own */ }
  }, 200);
}

// What the address says; anything it cannot mean is left aside.
function readLink() {
  const held = new URLSearchParams(location.hash.slice(1));
  for (const { key, read } of linkParts) if (held.has(key)) read(held.getAll(key));
}

// Another address in the same window: what it does not speak of is as the page opened.
function readLinkAnew() {
  const held = new URLSearchParams(location.hash.slice(1));
  if (location.hash.length > 1 && !linkParts.some(({ key }) => held.has(key))) return false;
  for (const { key, read, reset } of linkParts) if (held.has(key)) read(held.getAll(key)); else reset();
  return true;
}

const wholeNumber = (text, low, high) => {
  const value = Number(text);
  return text !== "" && Number.isInteger(value) && value >= low && value <= high ? value : null;
};

function linkBasics(map) {
  linkPart("lang", () => (state.language === DOCUMENT.language ? [] : [state.language]), ([text]) => {
    if (text === "fr" || text === "en") state.language = text;
  }, () => { state.language = DOCUMENT.language === "fr" ? "fr" : "en"; });
  linkPart("show", () => (state.shown && state.shown !== state.first ? [state.shown] : []), ([text]) => {
    if ([...byId("measure").options].some(({ value }) => value === text)) showMeasure(text);
  }, () => state.first && state.shown !== state.first && showMeasure(state.first));
  // Layers switched since the page opened; the calendar has its quarter.
  const switched = () => Object.entries(state.layers).filter(([key, one]) => key !== "calendar" && known(one.first));
  const switchLayers = (texts) => {
    for (const [key, one] of switched()) {
      const wanted = texts.includes(key) ? !one.first : one.first;
      if (wanted !== one.visible) one.set(wanted);
    }
    tick();
  };
  linkPart("layer", () => switched().filter(([, one]) => one.visible !== one.first).map(([key]) => key), switchLayers, () => switchLayers([]));
  linkPart("view", () => {
    if (!state.moved) return [];
    const { lat, lng } = map.getCenter();
    return [[lat.toFixed(5), lng.toFixed(5), map.getZoom()].join(",")];
  }, ([text]) => {
    const parts = text.split(",").map(Number);
    const [lat, lng, zoom] = parts;
    if (parts.length !== 3 || !parts.every(Number.isFinite) || Math.abs(lat) > 85 || Math.abs(lng) > 180) return;
    map.setView([lat, lng], Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), Math.round(zoom / ZOOM_STEP) * ZOOM_STEP)), { animate: false });
    state.moved = true;
  }, fitWhole);
}
