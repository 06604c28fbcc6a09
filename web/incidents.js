// Incidents: the list with each one's clock, and one incident's details.

import {chip, clock, find, h, keyed, serverTime} from "/dom.js";
import {clockTime, duration, INCIDENT_LOOKS, isOpen, isSet, lookOf, ms, nameOf, plural, share, words} from "/format.js";
import {decisionBlock} from "/decisions.js";
import {link, matches, renderSwitch} from "/view.js";

const newestFirst = (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || ms(b.opened_at) - ms(a.opened_at);

export const incidentLook = (incident, stale) => {
  const look = lookOf(INCIDENT_LOOKS, incident.state);
  return stale ? {...look, tone: "none"} : look;
};

export function renderIncidents(root, model, view) {
  const all = [...model.incidents.values()];
  const wanted = all.filter((incident) => view.all || isOpen(incident));
  const shown = wanted.filter((incident) => matches(view.query, incident.id, incident.subject, incident.state, incident.summary, incident.playbook, incident.severity)).sort(newestFirst);
  const open = all.filter(isOpen).length;
  find(".count", root).textContent = `${open} open${shown.length === wanted.length ? "" : `, ${shown.length} fit the filter`}`;
  renderSwitch(find(".head", root), view.all, "Show ended too", "incidents");
  find(".scroll", root).hidden = shown.length === 0;
  const empty = find(".empty", root);
  empty.hidden = shown.length > 0;
  empty.replaceChildren(...(shown.length > 0 ? [] : noIncidents(wanted.length, all.length)));
  keyed(find("tbody", root), shown, (incident) => incident.id,
        (incident) => JSON.stringify([incident, view, model.stale, model.status?.mode]), (incident) => row(incident, model, view));
}

function noIncidents(wanted, all) {
  if (wanted > 0) return [h("p", null, "No incident fits the filter.")];
  if (all > 0) return [h("p", null, "No incident is open.")];
  return [h("p", null, "No incident so far. See one made and contained on this machine, in namespaces of its own:"), h("pre", null, h("code", null, "wardhive demo"))];
}

function row(incident, model, view) {
  const selected = view.kind === "incident" && view.id === incident.id;
  return h("tr", {class: selected ? "selected" : null},
    h("td", null, chip(incidentLook(incident, model.stale))),
    h("td", null,
      link({incident: incident.id}, {class: "row", "data-row": "incident", "data-focus": `incident ${incident.id}`, "aria-current": selected}, nameOf(incident.subject)),
      h("span", {class: "quiet"}, ` ${incident.severity} · ${incident.playbook} · ${incident.id}`),
      h("p", {class: "cut"}, incident.summary)),
    h("td", null, deadlineClock(incident, model.status?.mode)),
    h("td", {class: "number wide-only"}, clock((now) => `${duration(now - ms(incident.opened_at))} ago`, {title: incident.opened_at})));
}

// How long is left to contain it, or how long that took, against its target.
function deadlineClock(incident, mode) {
  const target = duration(ms(incident.deadline_at) - ms(incident.opened_at));
  const ofTarget = h("span", {class: "quiet"}, ` of ${target}`);
  if (isSet(incident.contained_at)) {
    const late = ms(incident.contained_at) > ms(incident.deadline_at);
    return h("span", {class: late ? "tone-bad" : "tone-good"}, `contained in ${duration(ms(incident.contained_at) - ms(incident.opened_at))}`, ofTarget);
  }
  if (!isOpen(incident)) return h("span", {class: "quiet"}, "nothing was in force");
  if (incident.state === "watching") return h("span", {class: "quiet"}, "watched, not acted on");
  if (mode === "shadow") return h("span", {class: "quiet"}, "shadow: no clock runs");
  const overdue = ms(incident.deadline_at) < serverTime();
  return h("span", {class: `countdown${overdue ? " tone-bad" : ""}`}, clock((now) => {
    const left = ms(incident.deadline_at) - now;
    return left >= 0 ? `contain within ${duration(left)}` : `late by ${duration(-left)}`;
  }), ofTarget);
}

export function incidentDetail(incident, decisions, model) {
  const facts = [
    ["Playbook", incident.playbook],
    ["First evidence", h("time", {datetime: incident.first_evidence_at}, clockTime(incident.first_evidence_at))],
    ["Opened", h("time", {datetime: incident.opened_at}, clockTime(incident.opened_at))],
    ["Clock", deadlineClock(incident, model.status?.mode)],
    ["Containments", incident.cycles],
  ];
  if (isSet(incident.ended_at)) facts.push(["Ended", h("time", {datetime: incident.ended_at}, clockTime(incident.ended_at))]);
  if (incident.merged_into) facts.push(["Merged into", link({incident: incident.merged_into}, {"data-focus": "merged"}, incident.merged_into)]);
  const [first, ...others] = decisions;
  return [
    h("header", null, chip(incidentLook(incident, model.stale)), h("h2", null, nameOf(incident.subject)), h("span", {class: "quiet"}, `${incident.severity} · ${incident.id}`)),
    !first && h("p", null, incident.summary),
    h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    first ? decisionBlock(first, model) : h("p", {class: "quiet"}, "No decision was made for it."),
    h("h3", null, "Timeline"),
    h("ol", {class: "timeline"}, incident.timeline.map((entry) => timelineEntry(entry, model.stale))),
    others.length > 0 && h("details", null, h("summary", null, plural(others.length, "earlier decision", "earlier decisions")), others.map((decision) => decisionBlock(decision, model))),
  ];
}

function timelineEntry(entry, stale) {
  const look = incidentLook(entry, stale);
  return h("li", {class: `tone-${look.tone}`},
    h("time", {datetime: entry.at, title: entry.at}, clockTime(entry.at)), h("strong", null, look.text),
    entry.state === "restoring" && ` at ${share(entry.share_bps)}`, h("p", null, entry.text || words(entry.state)));
}
