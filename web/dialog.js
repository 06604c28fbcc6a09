// The two dialogs: asking before a change (what it does, a reason, the answer in words) and help.

import {chip, find, h} from "/dom.js";
import {NODE_LOOKS} from "/format.js";

// name: what is done, on its button; about: what it is done to; does: a line per consequence;
// reason: {label, hint, needed}; send(reason): resolves to the server's answer.
export function confirm({name, title, about, does, reason: {label, hint, needed = false}, send: ask}) {
  const answer = h("p", {class: "answer", role: "status"});
  const reason = h("input", {id: "reason", type: "text", maxlength: 500, autocomplete: "off", placeholder: hint, required: needed, pattern: needed && ".*\\S.*"});
  const send = h("button", {type: "submit", class: "strong"}, name);
  const close = h("button", {type: "button", onclick: () => find("#dialog").close()}, "Cancel");
  const form = h("form", {onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    answer.className = "answer";
    answer.textContent = "Asking ...";
    try {
      const result = await ask(reason.value);
      answer.textContent = result.says;
      send.remove();
      close.textContent = "Close";
      close.focus();
    } catch (error) {
      answer.className = "answer tone-bad";
      answer.textContent = `Not done: ${error.message} (${error.code})`;
      send.disabled = false;
    }
  }},
    h("h2", {id: "dialog-title"}, title),
    h("p", {class: "quiet"}, about),
    h("p", null, "What this does:"), h("ul", null, does.map((line) => h("li", null, line))),
    h("label", {for: "reason"}, label), reason, answer,
    h("div", {class: "buttons"}, close, send));
  show(form);
  reason.focus();
}

const KEYS = [["/", "filter nodes, proposals, incidents and decisions"], ["j  k", "next, previous row"], ["Enter", "details of the row"], ["e", "explain: go to the details"],
              ["p", "pause, go on"], ["Esc", "close, back to the row"], ["?", "this help"]];

export function showHelp() {
  const close = h("button", {type: "button", onclick: () => find("#dialog").close()}, "Close");
  show(h("div", null,
    h("h2", {id: "dialog-title"}, "Keys and signs"),
    h("dl", {class: "facts keys"}, KEYS.map(([key, text]) => [h("dt", null, key.split("  ").map((one) => h("kbd", null, one))), h("dd", null, text)])),
    h("p", null, "States of nodes, worst first:"),
    h("p", {class: "legend"}, Object.values(NODE_LOOKS).map(chip)),
    h("p", {class: "quiet"}, "Grey with \"was\" in front: the data is too old to say so of the present."),
    h("div", {class: "buttons"}, close)));
  close.focus();
}

function show(content) {
  const dialog = find("#dialog");
  const before = document.activeElement?.dataset.focus;
  dialog.replaceChildren(content);
  dialog.onclose = () => before && find(`[data-focus="${CSS.escape(before)}"]`)?.focus();
  if (!dialog.open) dialog.showModal();
}
