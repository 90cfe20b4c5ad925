// Services by basket group.
// One colour per family: education, health, shops, counters, leisure; trains, crafts and the rest in grey.
const FAMILIES = [
  ["#1f5f99", "ecole", "college", "creche", "loisirs"],
  ["#a3312b", "medecin", "pharmacie", "generaliste", "infirmier", "kinesitherapeute"],
  ["#9a6a00", "courses", "boulangerie", "epicerie", "coiffure", "restaurant", "beaute"],
  ["#5b4a8a", "poste", "mairie", "banque"],
  ["#2f6d3f", "bibliotheque", "sport", "social", "tennis", "boulodrome", "grands_jeux", "plateau"],
];
const serviceColour = (group) => (FAMILIES.find((family) => family.includes(group, 1)) || ["#333333"])[0];
const MANY = 4000; // beyond, points go to one canvas instead of one element each

const drawing = {};
function pointRenderer(pane, count) {
  if (count <= MANY) return svgIn(pane);
  drawing[pane] = drawing[pane] || L.canvas({ pane });
  return drawing[pane];
}

const serviceSwatch = (group) => dotSwatch({ fill: serviceColour(group), stroke: "#fff" });

function drawServices() {
  const records = state.small.services || [];
  const groups = new Map();
  for (const record of records) {
    const key = known(record.values.group) ? String(record.values.group) : "?";
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(record);
  }
  const order = Object.keys(own(DOCUMENT.codes, "group") || {});
  const place = (key) => (order.indexOf(key) + 1 || order.length + 1);
  state.serviceGroups = [...groups.entries()].map(([key, list]) => ({ key, list })).sort((a, b) => place(a.key) - place(b.key));
  for (const { key, list } of state.serviceGroups) {
    const made = (map, suffix) => {
      const pane = "services" + suffix;
      const look = { renderer: pointRenderer(pane, records.length), pane, radius: 5.5, color: "#ffffff", weight: 1.6, fillColor: serviceColour(key), fillOpacity: 1, bubblingMouseEvents: false };
      return L.layerGroup(list.filter(({ shape, at }) => shape && at).map((record) =>
        L.circleMarker([record.at[1], record.at[0]], look).on("click", (event) => showPopup(event.latlng, () => servicePopup(record), { on: map }))));
    };
    switchableTwice("services:" + key, made, false, drawLegend);
  }
}

function servicePopup({ values }) {
  const rows = [fact(word("popup.service"), codeLabel("group", values.group))];
  if (known(values.capacity)) rows.push(fact(word("popup.capacity"), tidy(values.capacity)));
  if (known(values.vintage)) rows.push(fact(word("popup.vintage"), values.vintage));
  return element("div", { class: "said" }, heading(values.name || codeLabel("group", values.group), natureTag("services")), facts(...rows), sourcePart("services"));
}
