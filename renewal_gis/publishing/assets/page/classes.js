// Which colour a value has: classes of a measure, or codes of a column.
const measureOf = (key) => DOCUMENT.measures.find((measure) => measure.key === key) || null;
const CATEGORY_COLUMNS = ["tenure", "fate"];

function classLabel(breaks, rank, lowIsGood) {
  if (!breaks.length) return "";
  const low = rank > 0 ? tidy(breaks[rank - 1]) : null;
  const high = rank < breaks.length ? tidy(breaks[rank]) : null;
  if (low === null) return word(lowIsGood ? "legend.below" : "legend.under", { high });
  if (high === null) return word(lowIsGood ? "legend.above" : "legend.from", { low });
  return word("legend.between", { low, high });
}

// {label, unit, classes: [{label, colour, dwellings, buildings}], missing, ofFeature: Uint8Array}
function classification(layer, key) {
  const measure = measureOf(key);
  const shown = measure ? measureClasses(layer, measure) : categoryClasses(layer, key);
  const dwellings = layer.columns.has("dwellings") ? layer.columns.get("dwellings").values : null;
  const sectorOf = sectorsOf(layer);
  for (const one of [...shown.classes, shown.missing]) Object.assign(one, { dwellings: 0, buildings: 0, sectors: {} });
  for (let i = 0; i < layer.count; i++) {
    const rank = shown.ofFeature[i];
    const one = rank === MISSING_CLASS ? shown.missing : shown.classes[rank];
    one.buildings++;
    if (!dwellings || dwellings[i] === NOTHING) continue;
    one.dwellings += dwellings[i];
    const sector = sectorOf(i);
    if (sector) one.sectors[sector] = (one.sectors[sector] || 0) + dwellings[i];
  }
  return shown;
}

// The sector of a building is its commune's; only those of the comparison are told apart.
function sectorsOf(layer) {
  const column = layer.columns.get("commune");
  if (!column) return () => null;
  const sectors = column.labels.map((code) => { const held = own(state.communeSectors, code); return SECTORS.includes(held) ? held : null; });
  return (i) => (column.values[i] === NOTHING ? null : sectors[column.values[i]]);
}

function measureClasses(layer, measure) {
  const column = layer.columns.get(measure.key);
  const ofFeature = new Uint8Array(layer.count).fill(MISSING_CLASS);
  const values = column ? column.values : [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== NOTHING) ofFeature[i] = classOf(value / column.scale, measure.breaks, measure.lowIsGood);
  }
  return {
    measure,
    label: spoken(measure.label),
    unit: measure.unit,
    classes: measure.colours.map((colour, rank) => ({ colour, label: classLabel(measure.breaks, rank, measure.lowIsGood) })),
    missing: {},
    ofFeature,
  };
}

function categoryClasses(layer, key) {
  const column = layer.columns.get(key);
  const colours = own(DOCUMENT.colours, key) || {};
  const codes = column ? column.labels : [];
  const ofFeature = new Uint8Array(layer.count).fill(MISSING_CLASS);
  const values = column ? column.values : [];
  for (let i = 0; i < values.length; i++) {
    const code = values[i];
    if (code !== NOTHING && code < MISSING_CLASS) ofFeature[i] = code;
  }
  return {
    measure: null,
    label: word("measure." + key),
    unit: "",
    classes: codes.slice(0, MISSING_CLASS).map((code) => ({ colour: own(colours, code) || "#55606e", label: codeLabel(key, code) })),
    missing: {},
    ofFeature,
  };
}

const scoreColour = (score) =>
  known(score) ? DOCUMENT.colours.score[classOf(score, DOCUMENT.scoreBreaks, false)] : DOCUMENT.colours.noData;

// Black or white, whichever reads better on a colour.
function inkOn(colour) {
  const channel = (from) => {
    const c = parseInt(colour.slice(from, from + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return light > 0.2 ? "#111111" : "#ffffff";
}
