// The two dialogs: changing a decision (what it does, a reason, the answer in words) and help.

import {chip, find, h} from "/dom.js";
import {changeDecision} from "/api.js";
import {effectOf, NODE_LOOKS} from "/format.js";

// What the command will do, before it is sent.
function preview(decision, verb) {
  const where = decision.scope || "every agent that holds it";
  if (verb === "hold") return [`Keeps "${effectOf(decision)}" in force beyond its expiry, until a person releases it.`, "Automatic restoration stops meanwhile."];
  if (verb === "release") {
    return decision.kept ? ["The effect runs to its ordinary expiry again; a node comes back in stages by itself."] : ["Automation tries again, with the rails asked anew."];
  }
  const settled = ["Its evidence is settled: kept and shown, but it weighs nothing from now on.", `Incident ${decision.incident} is closed as a false positive.`, "Your reason is kept in the audit chain."];
  if (decision.state !== "active") return ["Nothing is in force, so nothing changes on any node.", ...settled];
  const effect = decision.verb === "ban_address" ? `${where} hears the address again, at once.` : `${where} gives the node its whole share of traffic back at once, without the 10 / 50 / 100 % stages.`;
  return [effect, ...settled];
}

export function confirmChange(decision, verb, name) {
  const answer = h("p", {class: "answer", role: "status"});
  const reason = h("input", {id: "reason", type: "text", maxlength: 500, autocomplete: "off", placeholder: "e.g. known scanner of our own"});
  const send = h("button", {type: "submit", class: "strong"}, name);
  const close = h("button", {type: "button", onclick: () => find("#dialog").close()}, "Cancel");
  const form = h("form", {onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    answer.className = "answer";
    answer.textContent = "Asking ...";
    try {
      const result = await changeDecision(decision.id, verb, reason.value);
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
    h("h2", {id: "dialog-title"}, `${name}: ${effectOf(decision)}?`),
    h("p", {class: "quiet"}, `${decision.id} · ${decision.reason}`),
    h("p", null, "What this does:"), h("ul", null, preview(decision, verb).map((line) => h("li", null, line))),
    h("label", {for: "reason"}, "Reason, for those who read this later"), reason, answer,
    h("div", {class: "buttons"}, close, send));
  show(form);
  reason.focus();
}

const KEYS = [["/", "filter nodes, incidents and decisions"], ["j  k", "next, previous row"], ["Enter", "details of the row"], ["e", "explain: go to the details"],
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
