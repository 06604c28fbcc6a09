// Decisions: the list, one decision's details, and the buttons that change it.

import {changeDecision} from "/api.js";
import {chip, clock, find, h, keyed} from "/dom.js";
import {clockTime, DECISION_LOOKS, duration, effectOf, isCurrent, isSet, lookOf, ms} from "/format.js";
import {confirm} from "/dialog.js";
import {link, matches, renderSwitch} from "/view.js";
import {whyPanel} from "/why.js";

const currentFirst = (a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || ms(b.made_at) - ms(a.made_at);

const decisionLook = (decision, stale) => {
  const look = lookOf(DECISION_LOOKS, decision.state);
  return stale ? {...look, tone: "none"} : look;
};

export function renderDecisions(root, model, view) {
  const all = [...model.decisions.values()];
  const wanted = all.filter((decision) => view.all || isCurrent(decision));
  const shown = wanted.filter((decision) => matches(view.query, decision.id, decision.target, decision.verb, decision.state, decision.scope, decision.reason, decision.incident)).sort(currentFirst);
  const inForce = all.filter((decision) => decision.state === "active").length;
  const waiting = all.filter((decision) => decision.state === "shadow" && isCurrent(decision)).length;
  find(".count", root).textContent = `${inForce} in force${waiting > 0 ? `, ${waiting} shown only` : ""}${shown.length === wanted.length ? "" : `, ${shown.length} fit the filter`}`;
  renderSwitch(find(".head", root), view.all, "Show ended too", "decisions");
  find(".scroll", root).hidden = shown.length === 0;
  const empty = find(".empty", root);
  empty.hidden = shown.length > 0;
  empty.replaceChildren(...(shown.length > 0 ? [] : noDecisions(wanted.length, model)));
  keyed(find("tbody", root), shown, (decision) => decision.id,
        (decision) => JSON.stringify([decision.version, decision.state, decision.expires_at, decision.kept, decision.reason, view, model.stale, incidentState(decision, model)]),
        (decision) => row(decision, model, view));
}

function noDecisions(wanted, model) {
  if (wanted > 0) return [h("p", null, "No decision fits the filter.")];
  if (model.decisions.size > 0) return [h("p", null, "Nothing is in force.")];
  const hint = "Nothing was decided yet. What would be decided about a log of yours, without acting:";
  return [h("p", null, hint), h("pre", null, h("code", null, "wardhive replay /var/log/auth.log"))];
}

function row(decision, model, view) {
  const selected = view.kind === "decision" && view.id === decision.id;
  return h("tr", {class: selected ? "selected" : null},
    h("td", null, chip(decisionLook(decision, model.stale))),
    h("td", null,
      link({decision: decision.id}, {class: "row", "data-row": "decision", "data-focus": `decision ${decision.id}`, "aria-current": selected}, effectOf(decision)),
      h("p", {class: "quiet"}, decision.scope && `on ${decision.scope} · `, h("span", {class: "id"}, decision.id))),
    h("td", {class: "number"}, remaining(decision)),
    h("td", {class: "wide-only"}, h("p", {class: "cut"}, decision.reason)),
    h("td", {class: "buttons"}, buttons(decision, model, "row")));
}

function remaining(decision) {
  if (isSet(decision.ended_at)) return h("span", {class: "quiet"}, `ended ${clockTime(decision.ended_at)}`);
  if (decision.state !== "active") return h("span", {class: "quiet"}, "not applied");
  if (decision.kept) return "kept by a person";
  if (!isSet(decision.expires_at)) return "until it is restored";
  return clock((now) => (ms(decision.expires_at) > now ? duration(ms(decision.expires_at) - now) : "expired, waiting for its receipt"));
}

const incidentState = (decision, model) => model.incidents.get(decision.incident)?.state;

// What a person can do about it now; the server has the last word and its refusal is shown.
function possible(decision, model) {
  if (!isCurrent(decision)) return [];
  if (decision.state !== "active") {
    // Where there is no agent at all, asking again cannot help.
    const refused = decision.rails.some((check) => !check.passed && check.rail === "actuator" && check.says.includes("refused"));
    const asksAgain = refused || incidentState(decision, model) === "escalated";
    return ["revert", ...(asksAgain ? ["release"] : [])];
  }
  const goesOn = decision.kept || incidentState(decision, model) === "escalated";
  return ["revert", goesOn ? "release" : "hold"];
}

const NAMES = {
  revert: (decision) => (decision.state === "active" ? "Undo" : "Dismiss"),
  hold: () => "Hold",
  release: (decision) => (decision.kept ? "Release" : "Try again"),
};

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

function confirmChange(decision, verb, name) {
  confirm({
    name, title: `${name}: ${effectOf(decision)}?`, about: `${decision.id} · ${decision.reason}`, does: preview(decision, verb),
    reason: {label: "Reason, for those who read this later", hint: "e.g. known scanner of our own"}, send: (reason) => changeDecision(decision.id, verb, reason),
  });
}

function buttons(decision, model, place) {
  return possible(decision, model).map((verb) => {
    const name = NAMES[verb](decision);
    return h("button", {type: "button", class: verb === "revert" ? "strong" : null, "data-focus": `${place} ${verb} ${decision.id}`,
                        "aria-label": `${name} ${effectOf(decision)}, ${decision.id}`, onclick: () => confirmChange(decision, verb, name)}, name);
  });
}

// A decision within an incident's details, or alone.
export function decisionBlock(decision, model) {
  const fact = (name, value) => [h("dt", null, name), h("dd", null, value)];
  return h("div", {class: "decision"},
    h("div", {class: "decision-head"},
      chip(decisionLook(decision, model.stale)), h("strong", null, effectOf(decision)), h("span", {class: "grow"}), h("span", {class: "buttons"}, buttons(decision, model, "detail"))),
    h("dl", {class: "facts"},
      fact("Where", decision.scope || "nowhere"), fact("Remaining", remaining(decision)),
      fact("Made", h("time", {datetime: decision.made_at}, clockTime(decision.made_at))),
      fact("Decision", link({decision: decision.id}, {"data-focus": `decision of ${decision.id}`}, decision.id))),
    whyPanel(decision));
}

export function decisionDetail(decision, model) {
  const incident = decision.incident && h("p", {class: "quiet"}, "For incident ", link({incident: decision.incident}, {"data-focus": "incident of"}, decision.incident));
  return [h("header", null, h("h2", null, decision.id)), incident, decisionBlock(decision, model)];
}
