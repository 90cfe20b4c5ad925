// The legend on the map: classes of the shown measure with their dwellings, and the scale of the scores.
function showMeasure(key) {
  state.shown = key;
  if (state.stock && key) {
    state.classes = classification(state.stock, key);
    const asked = performance.now();
    state.tiles.once("drawn", () => { document.documentElement.dataset.recoloured = Math.round(performance.now() - asked); });
    state.tiles.repaint();
  }
  drawLegend();
  drawComparison();
}

// Same classes in the other language: labels change, nothing is counted again on the map.
function relabel() {
  if (state.stock && state.shown) state.classes = classification(state.stock, state.shown);
}

function drawLegend() {
  byId("legend-body").replaceChildren(...[stockLegend(), scoreLegend()].filter(known));
}

function stockLegend() {
  if (!state.stock) return element("p", { class: "quiet", text: word("legend.noStock") });
  if (!state.classes) return element("p", { class: "quiet", text: word("measure.none") });
  const { label, unit, classes, missing, measure } = state.classes;
  const most = Math.max(1, ...classes.map(({ dwellings }) => dwellings), missing.dwellings);
  const rows = classes.map((one) => legendRow(one, element("i", { class: "key-colour", style: { background: one.colour } }), most));
  rows.push(legendRow({ ...missing, label: word("legend.noData") }, element("i", { class: "key-colour none" }), most));
  return element("section", { class: "scale", "data-legend": state.shown },
    element("h2", {}, element("span", { class: "data", text: unit ? `${label} (${unitText(unit)})` : label }), natureTag("stock")),
    element("p", { class: "heads" }, measure ? element("span", { text: word("legend.served") }) : element("span"), element("span", { text: word("legend.dwellings") })),
    element("ul", {}, ...rows),
    state.stock.unplaced ? element("p", { class: "quiet", text: word("legend.unplaced", { count: number(state.stock.unplaced) }) }) : null,
  );
}

function legendRow({ label, dwellings, buildings }, key, most) {
  return element("li", { class: buildings ? null : "empty" },
    key,
    element("span", { class: "data", text: label }),
    element("i", { class: "amount" }, element("i", { style: { width: (100 * dwellings) / most + "%" } })),
    element("b", { text: number(dwellings) }),
  );
}

// One strip for the scores: five colours, their limits, how many sites each holds.
function scoreLegend() {
  if (!state.sites || !state.sites.length) return null;
  const count = (test) => state.sites.filter(test).length;
  const limits = [0, ...DOCUMENT.scoreBreaks, 100];
  const steps = DOCUMENT.colours.score.map((colour, rank) => {
    const held = count((site) => !site.vetoed && known(site.score) && classOf(site.score, DOCUMENT.scoreBreaks, false) === rank);
    const range = word("legend.between", { low: tidy(limits[rank]), high: tidy(limits[rank + 1]) });
    return element("li", { "aria-label": `${range}: ${number(held)}` },
      element("i", { style: { background: colour, color: inkOn(colour) }, text: number(held) }),
      element("small", { text: tidy(limits[rank]) }),
      rank === DOCUMENT.colours.score.length - 1 ? element("small", { class: "end", text: tidy(100) }) : null);
  });
  const apart = (mark, kind, text, test) =>
    count(test) ? element("span", {}, element("i", { class: "badge small round " + kind, text: mark }), ` ${text}: `, element("b", { text: number(count(test)) })) : null;
  return element("section", { class: "scale scores" },
    element("h2", {}, element("span", { text: word("legend.score") }), natureTag("sites")),
    element("p", { class: "heads" }, element("span", { text: word("legend.scoreScale") })),
    element("ol", { class: "strip" }, ...steps),
    element("p", { class: "apart" },
      apart("✕", "vetoed", word("legend.veto"), (site) => site.vetoed),
      apart("–", "unscored", word("legend.noScore"), (site) => !site.vetoed && !known(site.score))),
    element("p", { class: "apart" }, sectorMark("corridor"), sectorMark("south")),
  );
}
