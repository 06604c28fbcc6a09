// The keyboard's way through the page: / j k Enter e p ? Esc.

import {find} from "/dom.js";
import {showHelp} from "/dialog.js";
import {address, current, go} from "/view.js";

const rows = () => [...document.querySelectorAll("[data-row]")];
const typing = (target) => target.matches("input, textarea, select");

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const selected = all.findIndex((row) => row.getAttribute("href") === address({}));
  const from = at >= 0 ? at : selected;
  const next = from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + step));
  all[next].focus();
  all[next].scrollIntoView({block: "nearest"});
}

function explain() {
  if (document.activeElement.matches("[data-row]")) document.activeElement.click();
  if (!current().kind) return;
  find("#detail").focus();
}

function back() {
  const {kind, id} = current();
  find("#filter").blur();
  if (!kind) return;
  go({incident: null});
  find(`[data-focus="${CSS.escape(`${kind} ${id}`)}"]`)?.focus();
}

export function listenToKeys({pause}) {
  find("#help").addEventListener("click", showHelp);
  const keys = {"/": () => find("#filter").focus(), j: () => move(1), k: () => move(-1), e: explain, p: pause, "?": showHelp, Escape: back};
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || find("#dialog").open || find("#main").hidden) return;
    if (typing(event.target) && event.key !== "Escape") return;
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
