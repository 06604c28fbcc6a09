// Elements out of data. Text becomes text nodes, nothing is ever parsed as markup: user names and
// log lines on this page come from attackers.

const SVG = "http://www.w3.org/2000/svg";

// h("a", {class: "x", href: "...", onclick: f, "data-id": 3}, "text", [more, null])
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export const find = (selector, root = document) => root.querySelector(selector);

// Makes `parent` hold one element per item, in order. An element whose item did not change stays
// the same element, so focus, selection and a click that is under way survive an update.
export function keyed(parent, items, keyOf, signatureOf, make) {
  const old = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  const focused = focusKey(parent);
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const signature = signatureOf(item);
    let element = old.get(key);
    old.delete(key);
    if (element?.wardhiveSignature !== signature) {
      const made = make(item);
      made.dataset.key = key;
      made.wardhiveSignature = signature;
      if (element) {
        if (next === element) next = element.nextElementSibling;
        element.remove();
      }
      element = made;
    }
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  for (const element of old.values()) element.remove();
  refocus(parent, focused);
}

// Replaces all children if `signature` differs from the last one.
export function replace(parent, signature, make) {
  if (parent.wardhiveSignature === signature) return;
  const focused = focusKey(parent);
  parent.wardhiveSignature = signature;
  parent.replaceChildren(...[make()].flat(Infinity).filter(Boolean));
  refocus(parent, focused);
}

function focusKey(parent) {
  return parent.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
}

function refocus(parent, key) {
  if (key === undefined || parent.contains(document.activeElement)) return;
  parent.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
}

// A sign per state: its shape says what its colour says.
const SHAPES = {
  disc: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
  ring: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z",
  half: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2a4 4 0 0 0 0 8z",
  triangle: "M8 1.5 15 14H1z",
  down: "M8 14.5 1 2h14z",
  square: "M2.5 2.5h11v11h-11z",
  diamond: "M8 1l7 7-7 7-7-7z",
  cross: "M3.6 1.8 8 6.2l4.4-4.4 1.8 1.8L9.8 8l4.4 4.4-1.8 1.8L8 9.8l-4.4 4.4-1.8-1.8L6.2 8 1.8 3.6z",
  check: "M13.2 2.6 15 4.4 6.2 13.4 1 8.2l1.8-1.8 3.4 3.4z",
  bars: "M3 2h4v12H3zm6 0h4v12H9z",
};

export function shape(name) {
  return svg("svg", {viewBox: "0 0 16 16", class: "shape", "aria-hidden": "true"}, svg("path", {d: SHAPES[name] ?? SHAPES.ring, "fill-rule": "evenodd"}));
}

// look: {shape, tone, text}
export const chip = (look) => h("span", {class: `chip tone-${look.tone}`}, shape(look.shape), look.text);

// A text that changes with time: `tick(nowMs)` gives it, tickClocks() renews all that are shown.
export function clock(tick, attributes) {
  const element = h("span", {...attributes, "data-clock": true}, tick(serverTime()));
  element.wardhiveTick = tick;
  return element;
}

export function tickClocks() {
  for (const element of document.querySelectorAll("[data-clock]")) {
    const text = element.wardhiveTick(serverTime());
    if (element.textContent !== text) element.textContent = text;
  }
}

// The server's time as far as the stream tells (stream.js sets it); the browser's clock may be off.
let offsetMs = 0;
export const setServerOffset = (ms) => { offsetMs = ms; };
export const serverTime = () => Date.now() - offsetMs;
