// A compact layer on any Leaflet map: drawn, picked, coloured again, read by the keyboard.
const RENEWAL = "_renewalLayers"; // the compact layers of a map, the last one on top

const CompactTiles = PackedTiles.extend({
  initialize(name) {
    this.said = JSON.parse(new TextDecoder().decode(bytesOf(byId(name + "_said").textContent)));
    this.chosen = this.said.shown;
    PackedTiles.prototype.initialize.call(this, null, (context, view) => paintFeatures(context, view, this.look), { pane: "overlayPane" });
    this.ready = this.unpacked(byId(name + "_data").textContent);
  },

  async unpacked(text) {
    try {
      this.packed = decoded(this.said.description, await inflated(text));
    } catch (fault) {
      this.fault = this.said.words.broken;
      console.error(this.said.name, fault);
    }
    if (this.packed) this.look = { said: this.said, size: sizesOf(this.packed, this.said), hatched: this.packed.columns.get("hatched") };
    this.recolour(this.chosen);
  },

  // Colour by another column: its place among those of the layer, null for none.
  recolour(column) {
    this.chosen = column;
    if (this.packed) {
      this.look.shown = classified(this.packed, this.said, column);
      this.repaint();
    }
    if (this.key) fillKey(this);
  },

  onAdd(map) {
    PackedTiles.prototype.onAdd.call(this, map);
    listenOnce(map);
    map[RENEWAL].push(this);
    if (this.said.legend) this.key = keyOf(this).addTo(map);
  },

  onRemove(map) {
    PackedTiles.prototype.onRemove.call(this, map);
    map[RENEWAL] = map[RENEWAL].filter((one) => one !== this);
    if (this.key) this.key.remove();
    this.key = null;
  },

  getBounds() {
    return this.said.bounds ? L.latLngBounds(this.said.bounds) : L.latLngBounds([]);
  },

  // The feature under a place, or null.
  at(map, latlng) {
    return this.packed ? touched(map, this, latlng) : null;
  },
});

// One answer a map: the topmost layer that has something there.
function listenOnce(map) {
  if (map[RENEWAL]) return;
  map[RENEWAL] = [];
  const frame = map.getContainer();
  const said = element("div", { class: "renewal-said", role: "status" });
  frame.append(said);
  map.on("click", ({ latlng }) => answer(map, latlng, said));
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === frame) answer(map, map.getCenter(), said);
  });
}

function answer(map, latlng, said) {
  for (const layer of [...map[RENEWAL]].reverse()) {
    const i = layer.at(map, latlng);
    if (i === null) continue;
    const told = popupOf(layer, i);
    L.popup({ maxHeight: Math.max(120, map.getSize().y - 80) }).setLatLng(latlng).setContent(told).openOn(map);
    said.textContent = told.textContent;
    return;
  }
  said.textContent = "";
}

function touched(map, { packed, look }, latlng) {
  const [x, y] = unitsAt(map, packed, latlng);
  const scale = 2 ** (map.getZoom() + 8 - packed.gridBits);
  const kinds = packed.columns.get("shape").values;
  const far = 14 / scale;
  let nearest = null;
  for (const i of within(packed, x - far, y - far, x + far, y + far)) {
    const wide = kinds[i] === AREA ? 4 : kinds[i] === LINE ? 4 + look.size(i) : 2 + dotRadius(look, i);
    const gap = (kinds[i] === LINE ? alongLine(packed, i, x, y) : distance(packed, i, x, y, map.getZoom())) * scale;
    // A small thing on a large one is what is meant.
    if (gap <= wide && (nearest === null || gap + kinds[i] < nearest.gap)) nearest = { i, gap: gap + kinds[i] };
  }
  return nearest && nearest.i;
}

function alongLine({ ringStart, vertexStart, x, y }, i, px, py) {
  let least = Infinity;
  for (let ring = ringStart[i]; ring < ringStart[i + 1]; ring++) {
    for (let at = vertexStart[ring]; at + 1 < vertexStart[ring + 1]; at++) {
      const [dx, dy] = [x[at + 1] - x[at], y[at + 1] - y[at]];
      const along = dx || dy ? Math.max(0, Math.min(1, ((px - x[at]) * dx + (py - y[at]) * dy) / (dx * dx + dy * dy))) : 0;
      least = Math.min(least, Math.hypot(x[at] + along * dx - px, y[at] + along * dy - py));
    }
  }
  return least;
}

window.RenewalLayers = { layer: (name) => new CompactTiles(name) };
