// Large layers drawn on canvas tiles, and what stands under a place of them.
const TILE = 512;
const FRAME_BUDGET_MS = 12;
const FAR_ZOOM = 13.5; // boxes below it, outlines above
const MISSING_CLASS = 255; // no value

// A value on a limit belongs to the better class: 5 minutes is "at most 5", 6 departures is "6 and more".
function classOf(value, breaks, lowIsGood) {
  let rank = 0;
  while (rank < breaks.length && (lowIsGood ? value > breaks[rank] : value >= breaks[rank])) rank++;
  return rank;
}

// All layers share the budget of a frame: two halves hold up to eight that would each take one.
const pump = { layers: new Set(), asked: null };

function pumpTiles() {
  const until = performance.now() + FRAME_BUDGET_MS;
  for (const layer of [...pump.layers]) {
    while (layer.waiting.length && performance.now() < until) layer.drawNext();
    if (layer.waiting.length) break;
    pump.layers.delete(layer);
    layer.fire("drawn");
  }
  pump.asked = pump.layers.size ? requestAnimationFrame(pumpTiles) : null;
}

const PackedTiles = L.GridLayer.extend({
  options: { tileSize: TILE, updateWhenZooming: false, keepBuffer: 1 },

  initialize(layer, paint, options) {
    L.setOptions(this, options);
    this.packed = layer;
    this.paint = paint;
    this.waiting = [];
    this.on("tileunload", (event) => { event.tile.dropped = true; });
  },

  // Tiles of the very zoom on the screen, whole or not: nothing is stretched. Otherwise as Leaflet does.
  _setView(center, zoom, noPrune, noUpdate) {
    const { minZoom, maxZoom } = this.options;
    if (!noUpdate) {
      this._tileZoom = zoom < minZoom || zoom > maxZoom ? undefined : zoom;
      if (this._abortLoading) this._abortLoading();
      this._updateLevels();
      this._resetGrid();
      if (this._tileZoom !== undefined) this._update(center);
      if (!noPrune) this._pruneTiles();
      this._noPrune = Boolean(noPrune);
    }
    this._setZoomTransforms(center, zoom);
  },

  // Tiles of the zoom before stay until those of this one are drawn: nothing blinks.
  _pruneTiles() {
    if (!this._loading) L.GridLayer.prototype._pruneTiles.call(this);
  },

  createTile(coords, done) {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = TILE * ratio;
    canvas.ratio = ratio;
    this.queue({ canvas, coords, done });
    return canvas;
  },

  onAdd(map) {
    this.drawnLook = this.currentLook();
    return L.GridLayer.prototype.onAdd.call(this, map);
  },

  // What the tiles show, given as `options.look`: they are worth drawing again when it is another.
  currentLook() {
    return this.options.look ? this.options.look() : null;
  },

  refresh() {
    if (this.currentLook() !== this.drawnLook) this.repaint();
  },

  // Draw again in place: no tile blinks. One that still waits is drawn once.
  repaint() {
    this.drawnLook = this.currentLook();
    const waiting = new Set(this.waiting.map(({ canvas }) => canvas));
    for (const { el, coords } of Object.values(this._tiles || {})) if (!waiting.has(el)) this.queue({ canvas: el, coords });
  },

  queue(job) {
    this.waiting.push(job);
    pump.layers.add(this);
    if (!pump.asked) pump.asked = requestAnimationFrame(pumpTiles);
  },

  drawNext() {
    const { canvas, coords, done } = this.waiting.shift();
    if (!canvas.dropped) this.drawTile(canvas, coords);
    if (done) done(null, canvas);
  },

  // Everything that waits, at once: paper does not wait.
  flush() {
    while (this.waiting.length) this.drawNext();
  },

  drawTile(canvas, coords) {
    if (!this.packed) return;
    // Painted by the processor, then only shown: WebKit prints black squares for tiles that a graphics card painted.
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const scale = 2 ** (coords.z + 8 - this.packed.gridBits); // pixels per unit of the packed world
    const margin = 12 / scale;
    const west = (coords.x * TILE) / scale;
    const north = (coords.y * TILE) / scale;
    const bounds = [west - margin, north - margin, west + TILE / scale + margin, north + TILE / scale + margin];
    const ids = this.options.ids ? among(this.packed, this.options.ids, ...bounds) : within(this.packed, ...bounds);
    // Emptied by its size: printers take what `clearRect` leaves for white paper, which hides the ground.
    if (canvas.painted) canvas.width = TILE * canvas.ratio;
    canvas.painted = true;
    context.setTransform(canvas.ratio, 0, 0, canvas.ratio, 0, 0);
    this.paint(context, { layer: this.packed, ids, scale, west, north, zoom: coords.z });
  },
});

function trace(context, view, i, close) {
  const { layer, scale, west, north } = view;
  for (let ring = layer.ringStart[i]; ring < layer.ringStart[i + 1]; ring++) {
    const from = layer.vertexStart[ring];
    const to = layer.vertexStart[ring + 1];
    if (to - from === 1) {
      const radius = view.zoom >= 15 ? 4 : 2.2;
      const px = (layer.x[from] - west) * scale;
      const py = (layer.y[from] - north) * scale;
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
      continue;
    }
    context.moveTo((layer.x[from] - west) * scale, (layer.y[from] - north) * scale);
    for (let at = from + 1; at < to; at++) context.lineTo((layer.x[at] - west) * scale, (layer.y[at] - north) * scale);
    if (close) context.closePath();
  }
}

const NO_DATA_COLOUR = "#b9b9b4"; // from afar, where a hatch is not seen
let hatch = null;
function noDataFill(context, zoom) {
  if (zoom < 14) return NO_DATA_COLOUR;
  if (!hatch) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 6;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#efeeea";
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = "#8d8d88";
    pen.lineWidth = 1.2;
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    hatch = canvas;
  }
  return context.createPattern(hatch, "repeat");
}

function paintBuildings(context, view, shown) {
  if (!shown) return;
  const byClass = new Map();
  for (const i of view.ids) {
    const rank = shown.ofFeature[i];
    if (!byClass.has(rank)) byClass.set(rank, []);
    byClass.get(rank).push(i);
  }
  const far = view.zoom < FAR_ZOOM;
  // From afar classes are painted in turns, so that none covers the others in dense quarters.
  const turns = far ? 8 : 1;
  for (let turn = 0; turn < turns; turn++) {
    for (const rank of [...byClass.keys()].sort((a, b) => b - a)) {
      context.fillStyle = rank === MISSING_CLASS ? noDataFill(context, view.zoom) : shown.classes[rank].colour;
      if (far) paintFar(context, view, byClass.get(rank), turn, turns);
      else paintNear(context, view, byClass.get(rank));
    }
  }
}

function paintFar(context, view, ids, turn, turns) {
  const { layer, scale, west, north } = view;
  const least = view.zoom < 11.5 ? 1.35 : 1.7;
  for (const i of ids) {
    if (((i * 2654435761) >>> 13) % turns !== turn) continue;
    const k = i * 4;
    const width = Math.max(least, (layer.box[k + 2] - layer.box[k]) * scale);
    const height = Math.max(least, (layer.box[k + 3] - layer.box[k + 1]) * scale);
    context.fillRect((layer.box[k] - west) * scale, (layer.box[k + 1] - north) * scale, width, height);
  }
}

function paintNear(context, view, ids) {
  context.strokeStyle = "rgba(28,28,28,.55)";
  context.lineWidth = view.zoom >= 17 ? 1 : 0.6;
  // One path of ten thousand shapes fills far slower than forty paths of 256.
  for (let from = 0; from < ids.length; from += 256) {
    context.beginPath();
    for (const i of ids.slice(from, from + 256)) trace(context, view, i, true);
    context.fill();
    if (view.zoom >= 15) context.stroke();
  }
}

const unitsAt = (map, layer, latlng) => {
  const point = map.project(latlng, layer.gridBits - 8);
  return [point.x, point.y];
};

// The building under a place; a point counts within a few pixels.
function pick(map, layer, latlng) {
  const [x, y] = unitsAt(map, layer, latlng);
  const zoom = map.getZoom();
  const reach = 6 / 2 ** (zoom + 8 - layer.gridBits);
  let nearest = null;
  for (const i of within(layer, x - reach, y - reach, x + reach, y + reach)) {
    const gap = distance(layer, i, x, y, zoom);
    if (gap <= reach && (nearest === null || gap < nearest.gap)) nearest = { i, gap };
  }
  return nearest ? nearest.i : null;
}

// Zero inside the feature (even-odd), else the distance to its box when it is small on the screen.
function distance(layer, i, x, y, zoom) {
  let odd = false;
  let dot = Infinity;
  for (let ring = layer.ringStart[i]; ring < layer.ringStart[i + 1]; ring++) {
    const from = layer.vertexStart[ring];
    const to = layer.vertexStart[ring + 1];
    if (to - from < 3) dot = Math.min(dot, Math.hypot(layer.x[from] - x, layer.y[from] - y));
    for (let a = from, b = to - 1; a < to; b = a++) {
      if (layer.y[a] > y !== layer.y[b] > y && x < ((layer.x[b] - layer.x[a]) * (y - layer.y[a])) / (layer.y[b] - layer.y[a]) + layer.x[a]) odd = !odd;
    }
  }
  if (odd) return 0;
  const k = i * 4;
  const away = Math.hypot(
    Math.max(layer.box[k] - x, 0, x - layer.box[k + 2]),
    Math.max(layer.box[k + 1] - y, 0, y - layer.box[k + 3]),
  );
  return Math.min(dot, zoom <= 14 ? away + 1e-6 : Infinity);
}
