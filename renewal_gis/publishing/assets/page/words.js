// Words, numbers and elements. Text from the data is only ever set through textContent.
// The tables of the panel come compressed, a moment later.
const DOCUMENT = { breakdown: [], comparison: [], distribution: [], calendar: null, ...JSON.parse(document.getElementById("document").textContent) };
const state = {
  language: DOCUMENT.language === "fr" ? "fr" : "en",
  shown: null, // key of the measure, or "tenure", or "fate"
  map: null,
  layers: {}, // what the layer list can switch: key -> {set(visible), visible}
  small: {},
  stock: null,
  streets: null,
};

const spoken = (pair) => (pair ? pair[state.language === "fr" ? 1 : 0] : "");
const locale = () => (state.language === "fr" ? "fr-FR" : "en-GB");

function word(key, gaps) {
  const text = spoken(own(DOCUMENT.words, key)) || key;
  // A function as replacement: "$&" in a name must stay what it is.
  return gaps ? text.replace(/\{(\w+)\}/g, (gap, name) => (name in gaps ? String(gaps[name]) : gap)) : text;
}

function codeLabel(column, code) {
  if (!known(code)) return word("popup.missing");
  return spoken(own(own(DOCUMENT.codes, column), String(code))) || String(code);
}

// Making a formatter is slow; each is made once.
const formatters = new Map();
function formatted(value, options) {
  const key = locale() + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.NumberFormat(locale(), options));
  const text = formatters.get(key).format(value);
  return text.startsWith("-") ? (/[1-9]/.test(text) ? "−" : "") + text.slice(1) : text; // never « -0,0 »
}

function number(value, decimals = 0) {
  if (!known(value)) return word("popup.missing");
  return formatted(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

// A number as it needs to be: 5, 7.5, 1 234.
function tidy(value) {
  if (!known(value)) return word("popup.missing");
  return formatted(value, { maximumFractionDigits: 2 });
}

const percent = (share) => formatted(share, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 });

const unitText = (unit) => (own(DOCUMENT.words, "unit." + unit) ? word("unit." + unit) : unit || "");

// A label with its unit, told at length where a heading must explain it.
const withUnit = (label, unit) => (unit ? `${label} (${own(DOCUMENT.words, "unitTold." + unit) ? word("unitTold." + unit) : unitText(unit)})` : label);

function quantity(value, decimals, unit) {
  if (!known(value)) return word("popup.missing");
  const text = number(value, decimals);
  return unit ? text + "\u00a0" + unitText(unit) : text;
}

// What is named, then what is said of it; French sets the colon apart.
const colon = () => (state.language === "fr" ? "\u202f:" : ":");
const named = (name, text) => `${name}${colon()} ${text}`;

// Capital letter at the start, in the page's language.
const sentence = (text) => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
// Inside a sentence: « Walk to the nearest school » → « walk to the nearest school ».
const inside = (text) => text.charAt(0).toLocaleLowerCase(locale()) + text.slice(1);

const communeName = (code) => (known(code) ? own(state.communeNames, String(code)) || String(code) : null);

function say(text) {
  byId("said").textContent = text;
}
