// The address keeps what the reader set: language, measure, view, weights, quarter, comparison.
const linkParts = []; // {key, write() -> texts, read(texts)}
let linkWaits = null;

const linkPart = (key, write, read) => linkParts.push({ key, write, read });

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
  return linkParts.some(({ key }) => held.has(key));
}

const wholeNumber = (text, low, high) => {
  const value = Number(text);
  return text !== "" && Number.isInteger(value) && value >= low && value <= high ? value : null;
};

function linkBasics(map) {
  linkPart("lang", () => (state.language === DOCUMENT.language ? [] : [state.language]), ([text]) => {
    if (text === "fr" || text === "en") state.language = text;
  });
  linkPart("show", () => (state.shown && state.shown !== state.first ? [state.shown] : []), ([text]) => {
    if ([...byId("measure").options].some(({ value }) => value === text)) showMeasure(text);
  });
  // Layers switched since the page opened; the calendar has its quarter.
  linkPart("layer", () => Object.entries(state.layers).filter(([key, one]) => key !== "calendar" && known(one.first) && one.visible !== one.first).map(([key]) => key), (texts) => {
    for (const key of texts) {
      const one = own(state.layers, key);
      if (one && known(one.first) && key !== "calendar") one.set(!one.first);
    }
  });
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
  });
}
