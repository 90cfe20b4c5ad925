// Search of communes and sites, without minding accents, capitals or hyphens.
const folded = (text) =>
  String(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function openSearch() {
  const input = byId("search");
  const list = byId("found");
  let found = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", k === place));
    if (place >= 0) {
      input.setAttribute("aria-activedescendant", "found-" + place);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  };
  const choose = (item) => {
    input.value = item.name;
    close();
    item.go();
    say(word("search.shown", { name: item.name }));
  };
  const look = () => {
    const wanted = folded(input.value);
    found = wanted ? matches(wanted).slice(0, 8) : [];
    list.replaceChildren(...found.map((item, k) =>
      element("li", { id: "found-" + k, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(item); } },
        element("span", { class: "data", text: item.name }), element("small", { class: "data", text: item.kind }))));
    if (wanted && !found.length) list.replaceChildren(element("li", { class: "quiet data", text: word("search.none", { text: input.value }) }));
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(Boolean(wanted)));
    if (wanted) say(found.length ? word("search.found", { count: number(found.length) }) : word("search.none", { text: input.value }));
    mark(found.length ? 0 : -1);
  };

  input.addEventListener("input", look);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && found[active]) choose(found[active]);
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
      event.preventDefault();
      mark((active + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    }
  });
}

function matches(wanted) {
  const communes = (state.small.communes || []).map((record) => ({ name: state.communeNames[record.id], kind: word("search.commune"), go: () => showCommune(record) }));
  const sites = (state.sites || []).map((record) => ({ name: siteName(record), kind: [word("search.site"), communeName(record.values.commune)].filter(known).join(" · "), go: () => openSite(record, true) }));
  const place = ({ name }) => {
    const text = folded(name);
    return text.startsWith(wanted) ? 0 : (" " + text).includes(" " + wanted) ? 1 : text.includes(wanted) ? 2 : 3;
  };
  return [...communes, ...sites].map((item) => ({ ...item, place: place(item) })).filter((item) => item.place < 3).sort((a, b) => a.place - b.place);
}

function showCommune(record) {
  if (!record.shape) return;
  state.map.fitBounds(outlined([record]).getBounds(), { ...clearOfLegend(), animate: false });
}
