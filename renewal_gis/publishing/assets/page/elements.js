// Elements and plain values. Text from the data is only ever set through textContent.
const own = (object, key) =>
  object && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
const known = (value) => value !== null && value !== undefined;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || !known(value)) continue;
    if (key === "text") made.textContent = value;
    else if (key === "style") Object.assign(made.style, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter(known));
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "text") made.textContent = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter(known));
  return made;
}

const byId = (id) => document.getElementById(id);

// A part stays where the reader sees it while what stands above it grows: few browsers always see to it themselves.
function heldInPlace(part) {
  const scroller = [part.closest(".pane"), document.scrollingElement].find((one) => one && one.scrollTop > 0);
  const before = part.getBoundingClientRect().top;
  return () => { if (scroller) scroller.scrollTop += part.getBoundingClientRect().top - before; };
}
