// The compact layers: base64 -> gzip -> varints -> typed arrays. See payload.py for the layout.
const NOTHING = -2147483648; // stands for a missing value in a column
const BLOCK = 64; // features per block of the spatial index

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text); // several times faster, where the browser has it
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
}

async function inflated(text) {
  const bytes = bytesOf(text);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Four bytes at a time, from four tables.
function crc32(bytes) {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    tables[0][n] = c;
  }
  for (let n = 0; n < 256; n++) {
    for (let k = 1; k < 4; k++) tables[k][n] = (tables[k - 1][n] >>> 8) ^ tables[0][tables[k - 1][n] & 255];
  }
  const [t0, t1, t2, t3] = tables;
  const whole = bytes.length & ~3;
  let sum = 0xffffffff;
  let i = 0;
  while (i < whole) {
    sum ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    sum = t3[sum & 255] ^ t2[(sum >>> 8) & 255] ^ t1[(sum >>> 16) & 255] ^ t0[sum >>> 24];
    i += 4;
  }
  while (i < bytes.length) sum = t0[(sum ^ bytes[i++]) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

// The sections, one after the other.
function reader(bytes, lengths) {
  let section = 0;
  let start = 0;
  return () => {
    const from = start;
    start += lengths[section++];
    return bytes.subarray(from, start);
  };
}

function varints(bytes, count) {
  const values = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++];
    if (byte < 128) {
      values[i] = byte;
      continue;
    }
    let value = byte & 127;
    for (let scale = 128; byte & 128; scale *= 128) {
      byte = bytes[at++];
      value += (byte & 127) * scale;
    }
    values[i] = value;
  }
  if (at !== bytes.length) throw new Error("a section does not end where it should");
  return values;
}

// Whole-number steps where 32 bits hold the value: several times faster.
const unzigzag = (value) => (value <= 0x7fffffff ? (value >>> 1) ^ -(value & 1) : value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function starts(counts) {
  const sums = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) sums[i + 1] = sums[i] + counts[i];
  return sums;
}

function coordinates(first, steps, vertexStart) {
  const rings = vertexStart.length - 1;
  const values = new Int32Array(vertexStart[rings]);
  let before = 0;
  let step = 0;
  for (let ring = 0; ring < rings; ring++) {
    before += unzigzag(first[ring]);
    let value = before;
    let at = vertexStart[ring];
    values[at++] = value;
    for (const end = vertexStart[ring + 1]; at < end; at++) values[at] = value += unzigzag(steps[step++]);
  }
  return values;
}

// Columns are unpacked when they are first asked for: a page shows one measure at a time.
function lazyColumn(next, described, count) {
  const nulls = described.nulls ? next() : null;
  const deltas = next();
  let values = null;
  return {
    scale: 10 ** described.decimals,
    decimals: described.decimals,
    labels: described.labels,
    get values() {
      values = values || columnValues(varints(deltas, count), nulls);
      return values;
    },
  };
}

function columnValues(deltas, nulls) {
  const values = new Int32Array(deltas.length);
  let value = 0;
  for (let i = 0; i < deltas.length; i++) {
    value += unzigzag(deltas[i]);
    values[i] = nulls && nulls[i >> 3] & (1 << (i & 7)) ? NOTHING : value;
  }
  return values;
}

function decoded(described, bytes) {
  if (described.format !== 1) throw new Error("unknown format");
  if (crc32(bytes) !== described.crc32) throw new Error("the check sum differs");
  const next = reader(bytes, described.lengths);
  const count = described.features;
  const ringStart = starts(varints(next(), count));
  const vertexStart = starts(varints(next(), described.rings));
  const inner = described.vertices - described.rings;
  const firstX = varints(next(), described.rings);
  const firstY = varints(next(), described.rings);
  const x = coordinates(firstX, varints(next(), inner), vertexStart);
  const y = coordinates(firstY, varints(next(), inner), vertexStart);
  const columns = new Map();
  for (const column of described.columns) columns.set(column.name, lazyColumn(next, column, count));
  const layer = { count, ringStart, vertexStart, x, y, columns, gridBits: described.gridBits, unplaced: described.unplaced };
  layer.box = boxes(layer);
  layer.blocks = blocks(layer.box, count);
  return layer;
}

// Bounds of every feature: four numbers each; a feature without a place has an empty box.
function boxes({ count, ringStart, vertexStart, x, y }) {
  const box = new Int32Array(count * 4);
  for (let i = 0; i < count; i++) {
    let west = 2147483647, north = 2147483647, east = -1, south = -1;
    for (let at = vertexStart[ringStart[i]], end = vertexStart[ringStart[i + 1]]; at < end; at++) {
      if (x[at] < west) west = x[at];
      if (x[at] > east) east = x[at];
      if (y[at] < north) north = y[at];
      if (y[at] > south) south = y[at];
    }
    box[i * 4] = west;
    box[i * 4 + 1] = north;
    box[i * 4 + 2] = east;
    box[i * 4 + 3] = south;
  }
  return box;
}

// Neighbours on the ground are neighbours in the bytes: bounds of 64 features in a row make the index.
function blocks(box, count) {
  const bounds = new Int32Array(Math.ceil(count / BLOCK) * 4);
  for (let block = 0; block * 4 < bounds.length; block++) {
    let west = 2147483647, north = 2147483647, east = -1, south = -1;
    for (let i = block * BLOCK, end = Math.min(count, i + BLOCK); i < end; i++) {
      if (box[i * 4 + 2] < 0) continue;
      west = Math.min(west, box[i * 4]);
      north = Math.min(north, box[i * 4 + 1]);
      east = Math.max(east, box[i * 4 + 2]);
      south = Math.max(south, box[i * 4 + 3]);
    }
    bounds.set([west, north, east, south], block * 4);
  }
  return bounds;
}

function within(layer, west, north, east, south) {
  const { box, blocks: bounds, count } = layer;
  const found = [];
  for (let block = 0; block * 4 < bounds.length; block++) {
    const b = block * 4;
    if (bounds[b] > east || bounds[b + 2] < west || bounds[b + 1] > south || bounds[b + 3] < north) continue;
    for (let i = block * BLOCK, end = Math.min(count, i + BLOCK); i < end; i++) {
      const k = i * 4;
      if (box[k] <= east && box[k + 2] >= west && box[k + 1] <= south && box[k + 3] >= north) found.push(i);
    }
  }
  return found;
}

// The same among a few features that are known.
function among({ box }, ids, west, north, east, south) {
  return ids.filter((i) => box[i * 4] <= east && box[i * 4 + 2] >= west && box[i * 4 + 1] <= south && box[i * 4 + 3] >= north);
}

// Value of a feature in a column; null when missing.
function valueOf(layer, name, i) {
  const column = layer.columns.get(name);
  if (!column || column.values[i] === NOTHING) return null;
  const value = column.values[i];
  return column.labels ? column.labels[value] : value / column.scale;
}

// The small layers: coordinates come as whole differences from vertex to vertex, and become GeoJSON.
const SHAPE_DEPTH = { Point: 0, MultiPoint: 0, LineString: 0, Polygon: 1, MultiLineString: 1, MultiPolygon: 2 };

function unfolded(layers) {
  for (const records of Object.values(layers)) {
    for (const record of records || []) if (Array.isArray(record.shape)) record.shape = geoJson(...record.shape);
  }
  return layers;
}

function geoJson(type, nested) {
  let lon = 0;
  let lat = 0;
  const line = (steps) => {
    const points = [];
    for (let k = 0; k < steps.length; k += 2) points.push([(lon += steps[k]) / 1e6, (lat += steps[k + 1]) / 1e6]);
    return points;
  };
  const parts = (part, depth) => (depth ? part.map((one) => parts(one, depth - 1)) : line(part));
  const coordinates = parts(nested, SHAPE_DEPTH[type]);
  return { type, coordinates: type === "Point" ? coordinates[0] : coordinates };
}
