// What is being looked at. All of it stands in the address, so that a link shows the same.
//   ?incident=ID | decision=ID | proposal=ID | node=NAME   the one in the details
//   q=TEXT        the filter        all=1   ended incidents, decisions and proposals too

import {find, h} from "/dom.js";

const SELECTIONS = ["incident", "decision", "proposal", "node"];

const parameters = () => new URLSearchParams(location.search);

export function current() {
  const found = parameters();
  const kind = SELECTIONS.find((name) => found.get(name)) ?? null;
  return {kind, id: kind && found.get(kind), query: found.get("q") ?? "", all: found.get("all") === "1"};
}

// The address with `changes` applied; a new selection replaces the old one, null takes a part out.
export function address(changes) {
  const next = parameters();
  if (SELECTIONS.some((name) => name in changes)) SELECTIONS.forEach((name) => next.delete(name));
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  return text ? `/?${text}` : "/";
}

let changed = () => {};
// callback(selected): whether something was chosen for the details just now.
export const onChange = (callback) => { changed = callback; };

export function go(changes, {replace = false} = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address(changes));
  changed(SELECTIONS.some((name) => changes[name]));
}

export function link(changes, attributes, ...children) {
  return h("a", {...attributes, href: address(changes), onclick: (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(changes);
  }}, ...children);
}

export function matches(query, ...texts) {
  const wanted = query.trim().toLowerCase();
  return wanted === "" || texts.some((text) => String(text ?? "").toLowerCase().includes(wanted));
}

// A switch between what is open and everything, shared by the lists.
export function renderSwitch(head, all, text, name) {
  let button = find("button", head);
  if (!button) {
    button = h("button", {type: "button", "data-focus": `${name} switch`, onclick: () => go({all: button.getAttribute("aria-pressed") === "true" ? null : "1"}, {replace: true})}, text);
    head.append(button);
  }
  button.setAttribute("aria-pressed", String(all));
}

addEventListener("popstate", () => changed(false));
