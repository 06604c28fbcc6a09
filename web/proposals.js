// Proposals: acts on the chain that persons approve. The list, one proposal's details, and the
// buttons; the section is hidden while there is nothing to show.

import {changeProposal} from "/api.js";
import {confirm} from "/dialog.js";
import {chip, clock, find, h, keyed} from "/dom.js";
import {clockTime, duration, isPending, isSet, lookOf, ms, plural, PROPOSAL_LOOKS} from "/format.js";
import {link, matches, renderSwitch} from "/view.js";

const pendingFirst = (a, b) => Number(isPending(b)) - Number(isPending(a)) || ms(proposedAt(b)) - ms(proposedAt(a));
const proposedAt = (proposal) => proposal.approvals[0]?.at;
const missing = (proposal) => Math.max(0, proposal.needed - proposal.approvals.length);

const proposalLook = (proposal, stale) => {
  const look = lookOf(PROPOSAL_LOOKS, proposal.state);
  return stale ? {...look, tone: "none"} : look;
};

export function renderProposals(root, model, view) {
  const all = [...model.proposals.values()];
  const wanted = all.filter((proposal) => view.all || isPending(proposal));
  const shown = wanted.filter((proposal) => matches(view.query, proposal.id, proposal.says, proposal.state, proposal.reason, proposal.act.target, ...proposal.approvals.map(({by}) => by))).sort(pendingFirst);
  const open = all.filter((proposal) => proposal.state === "open").length;
  const under = all.filter(isPending).length - open;
  root.hidden = wanted.length === 0;
  find(".count", root).textContent = `${plural(open, "waits", "wait")} for approval${under > 0 ? `, ${under} on the way` : ""}${shown.length === wanted.length ? "" : `, ${shown.length} fit the filter`}`;
  renderSwitch(find(".head", root), view.all, "Show ended too", "proposals");
  find(".scroll", root).hidden = shown.length === 0;
  const empty = find(".empty", root);
  empty.hidden = shown.length > 0;
  empty.textContent = shown.length > 0 ? "" : "No proposal fits the filter.";
  keyed(find("tbody", root), shown, (proposal) => proposal.id, (proposal) => JSON.stringify([proposal, view, model.stale]), (proposal) => row(proposal, model, view));
}

function row(proposal, model, view) {
  const selected = view.kind === "proposal" && view.id === proposal.id;
  return h("tr", {class: selected ? "selected" : null},
    h("td", null, chip(proposalLook(proposal, model.stale))),
    h("td", null,
      link({proposal: proposal.id}, {class: "row", "data-row": "proposal", "data-focus": `proposal ${proposal.id}`, "aria-current": selected}, proposal.says),
      h("p", {class: "quiet"}, `${persons(proposal)} · `, h("span", {class: "id"}, proposal.id)),
      h("p", {class: "cut"}, proposal.reason)),
    h("td", {class: "number"}, approvals(proposal)),
    h("td", {class: "number wide-only"}, remaining(proposal)),
    h("td", {class: "buttons wide-only"}, buttons(proposal, "row")));
}

function persons({approvals: [first, ...others]}) {
  return `proposed by ${first?.by ?? "nobody"}${others.length > 0 ? `, approved by ${others.map(({by}) => by).join(", ")}` : ""}`;
}

function approvals(proposal) {
  const count = `${proposal.approvals.length} of ${proposal.needed}`;
  return proposal.state === "open" ? [count, h("span", {class: "under-name"}, `${missing(proposal)} missing`)] : count;
}

function remaining(proposal) {
  if (isSet(proposal.ended_at)) return h("span", {class: "quiet"}, `ended ${clockTime(proposal.ended_at)}`);
  if (proposal.state === "confirmed") return "until it is final";
  const over = proposal.state === "open" ? "time is up" : "not signed any more";
  return clock((now) => (ms(proposal.expires_at) > now ? duration(ms(proposal.expires_at) - now) : over));
}

const VERBS = {
  approve: {
    name: "Approve",
    does(proposal) {
      const left = missing(proposal) - 1;
      return [left > 0
        ? `${plural(left, "approval is", "approvals are")} still missing after yours; nothing is signed before the last.`
        : "It is the last approval: the act is signed at once and sent to the chain. What is signed can't be taken back.",
      "You approve it in the name that this browser is logged in with; it is kept in the audit chain."];
    },
    label: "Reason, for those who read this later",
    hint: "e.g. seen on the node myself",
  },
  withdraw: {
    name: "Withdraw",
    does: (proposal) => [proposal.state === "open" ? "The proposal ends and nothing is signed. Who still wants the act proposes it anew."
      : "Nothing more is signed for it. What was signed already may still land; its end says which it was.", "Your name and your reason are shown with it and kept in the audit chain."],
    label: "Reason (needed)",
    hint: "e.g. it was a false alarm",
    needed: true,
  },
};

function buttons(proposal, place) {
  const verbs = proposal.state === "open" ? ["approve", "withdraw"] : proposal.state === "ordered" ? ["withdraw"] : [];
  return Object.entries(VERBS).filter(([verb]) => verbs.includes(verb)).map(([verb, {name, does, label, hint, needed}]) => {
    const ask = () => confirm({
      name, title: `${name}: ${proposal.says}?`, about: [proposal.id, persons(proposal), proposal.reason].filter(Boolean).join(" · "), does: does(proposal),
      reason: {label, hint, needed}, send: (reason) => changeProposal(proposal.id, verb, reason),
    });
    return h("button", {type: "button", class: verb === "approve" ? "strong" : null, "data-focus": `${place} ${verb} ${proposal.id}`, "aria-label": `${name}: ${proposal.says}, ${proposal.id}`, onclick: ask}, name);
  });
}

const LANDED = new Set(["confirmed", "done"]);
const at = (instant) => h("time", {datetime: instant, title: instant}, clockTime(instant));
const code = (text) => h("code", null, text);

export function proposalDetail(proposal, model) {
  const {act} = proposal;
  const facts = [
    ["Approvals", `${proposal.approvals.length} of ${proposal.needed}${proposal.state === "open" ? `, ${missing(proposal)} missing` : ""}`],
    ["Remaining", remaining(proposal)],
    proposal.state === "open" && ["Expires", at(proposal.expires_at)],
    act.account && ["Account", code(act.account)],
    act.kind === "open_incident" && act.incident > 0 && ["Case", act.incident],
    act.evidence && ["Evidence", [code(act.evidence), h("span", {class: "quiet"}, " (SHA-256)")]],
    proposal.order && ["Order", proposal.order],
    proposal.detail && (LANDED.has(proposal.state) ? ["Signature", code(proposal.detail)] : ["What came of it", proposal.detail]),
    isSet(proposal.ended_at) && ["Ended", at(proposal.ended_at)],
  ].filter(Boolean);
  return [
    h("header", null, chip(proposalLook(proposal, model.stale)), h("h2", null, proposal.id)),
    h("div", {class: "decision-head"}, h("strong", null, proposal.says), h("span", {class: "grow"}), h("span", {class: "buttons"}, buttons(proposal, "detail"))),
    h("h4", null, "Reason"),
    h("p", null, proposal.reason || "None was given."),
    h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    h("h3", null, "Who approved"),
    h("ol", {class: "timeline"}, proposal.approvals.map(({by, at: when}, index) => h("li", null, at(when), h("strong", null, by), index === 0 ? " proposed it" : " approved it"))),
    h("h4", null, "By hand"),
    byHand(proposal).map(([name, command]) => h("p", {class: "made"}, `${name}: `, code(command))),
  ];
}

function byHand({id, state}) {
  const show = ["Show", `wardhive proposals show ${id}`];
  return state === "open" ? [["Approve", `wardhive proposals approve ${id}`], ["Withdraw", `wardhive proposals withdraw ${id} --reason "..."`], show] : [show];
}
