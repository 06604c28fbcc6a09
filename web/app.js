// Joins the page: log-in, the model that the stream keeps, and what is drawn when.

import * as api from "/api.js";
import {decisionDetail, renderDecisions} from "/decisions.js";
import {find, h, replace, tickClocks} from "/dom.js";
import {duration, INCIDENT_LOOKS, isOpen, isPending, lookOf, nameOf, PROPOSAL_LOOKS} from "/format.js";
import {incidentDetail, renderIncidents} from "/incidents.js";
import {listenToKeys} from "/keys.js";
import {nodeDetail, renderNodes} from "/nodes.js";
import {proposalDetail, renderProposals} from "/proposals.js";
import {Stream} from "/stream.js";
import {current, go, link, onChange} from "/view.js";

const KEPT_MAX = 2_000;         // incidents, decisions and proposals each; the oldest ended ones give way
const NODES_EVERY_MS = 1_000;   // the node list is asked for again at most this often
const NODES_MANY = 500;         // above this many, five times more seldom

const model = {status: null, nodes: [], incidents: new Map(), decisions: new Map(), proposals: new Map(), scores: new Map(), missing: new Map(), stale: true};
let paused = false;
let loading = null;             // events that came while the lists were being loaded
let drawWanted = false;
let pressed = false;            // a click is under way; nothing moves beneath it
let nodesWanted = false, nodesBusy = false;

const stream = new Stream({
  event: (kind, noun) => (loading ? loading.push([kind, noun]) : take(kind, noun)),
  open: () => load(),
  lost: (error) => trouble(error
    ? `No answer from Wardhive (${error.code}: ${error.message}). The page tries again by itself and shows the last data it got, in grey. What is in force stays in force and expires by itself.`
    : "The live stream broke off; it is being opened again."),
  unauthorized: () => showLogin("The session has ended."),
});

function take(kind, noun) {
  if (kind === "status") model.status = noun;
  else if (kind === "incident") {
    announce(model.incidents.get(noun.id), noun, `Incident ${nameOf(noun.subject)}`, INCIDENT_LOOKS, noun.summary);
    keep(model.incidents, noun, isOpen);
  } else if (kind === "proposal") {
    announce(model.proposals.get(noun.id), noun, `Proposal ${noun.id}`, PROPOSAL_LOOKS, noun.says);
    keep(model.proposals, noun, isPending);
  } else if (kind === "decision") keep(model.decisions, noun, (decision) => decision.state === "active");
  else if (kind === "score") model.scores.set(noun.subject, noun);
  if (kind !== "status" && kind !== "notice") nodesWanted = true;
  draw();
}

function keep(map, noun, live) {
  map.set(noun.id, noun);
  if (map.size <= KEPT_MAX) return;
  for (const [id, old] of map) {
    if (live(old)) continue;
    map.delete(id);
    return;
  }
}

// Incidents and proposals only: a screen reader that hears every event hears nothing.
function announce(before, now, name, looks, text) {
  if (before?.state === now.state) return;
  const what = before ? `is ${lookOf(looks, now.state).text}` : `opened: ${text}`;
  find("#news").textContent = `${name} ${what}`;
}

async function load() {
  loading = [];
  try {
    const [status, nodes, incidents, decisions, proposals] = await Promise.all([api.loadStatus(), api.loadNodes(), api.loadIncidents(), api.loadDecisions(), api.loadProposals()]);
    Object.assign(model, {status, nodes, incidents: byId(incidents), decisions: byId(decisions), proposals: byId(proposals)});
    model.missing.clear();
    model.scores.clear();
    stream.heard(status);
    trouble(null);
    showPage();
  } catch (error) {
    failed(error);
  }
  // In order, so that the newest wins whatever the lists already knew.
  const late = loading ?? [];
  loading = null;
  late.forEach(([kind, noun]) => take(kind, noun));
  draw();
}

// The API gives the newest first; kept oldest first, so that keep() drops the oldest.
const byId = (nouns) => new Map(nouns.reverse().map((noun) => [noun.id, noun]));

function failed(error) {
  if (error.status === 401) showLogin("");
  else trouble(`Wardhive answered with an error (${error.code}: ${error.message}). What is shown may be old; \`wardhive status\` asks without this page.`);
}

async function refreshNodes() {
  if (!nodesWanted || nodesBusy || paused) return;
  nodesWanted = false;
  nodesBusy = true;
  try {
    model.nodes = await api.loadNodes();
    draw();
  } catch {
    // The stream reports the loss; the age of the data shows it meanwhile.
  }
  setTimeout(() => { nodesBusy = false; }, NODES_EVERY_MS * (model.nodes.length > NODES_MANY ? 5 : 1));
}

function draw() {
  if (drawWanted || pressed || find("#main").hidden) return;
  drawWanted = true;
  requestAnimationFrame(() => {
    drawWanted = false;
    if (!pressed) render();
  });
}

function render() {
  const {status} = model;
  if (!status) return;
  const view = current();
  renderHead(status);
  renderNodes(find("#nodes"), model, view);
  renderProposals(find("#proposals"), model, view);
  renderIncidents(find("#incidents"), model, view);
  renderDecisions(find("#decisions"), model, view);
  renderDetail(view);
}

function renderHead(status) {
  const waiting = status.needs_person + status.proposals_open;
  document.title = waiting > 0 ? `(${waiting}) Wardhive` : "Wardhive";
  find("#sentence").textContent = model.stale ? `Last known: ${status.sentence}` : status.sentence;
  const badge = find("#mode");
  badge.hidden = false;
  badge.textContent = status.profile === "default" ? `${status.mode} mode` : `${status.mode} mode, ${status.profile} profile`;
  badge.className = `badge mode-${status.mode}`;
  find("#shadow").hidden = status.mode !== "shadow";
  replace(find("#shadow"), status.mode, () => ["Shadow mode: decisions are made and shown, and nothing is applied. To act: ", h("code", null, "wardhive mode enforce")]);
  if (status.disk_full && find("#trouble").hidden) trouble("The disk is full: defence goes on, but nothing new is written down. Free space on the state directory's file system.", "disk");
  else if (!status.disk_full && find("#trouble").dataset.why === "disk") trouble(null);
}

const listOf = (kind) => ({incident: model.incidents, decision: model.decisions, proposal: model.proposals})[kind];

function renderDetail({kind, id}) {
  const aside = find("#detail");
  if (!kind) return replace(aside, "none", () => hint());
  const noun = kind === "node" ? model.nodes.find((node) => node.name === id) : listOf(kind).get(id);
  if (!noun) {
    const why = missing(kind, id);
    return replace(aside, `missing ${kind} ${id} ${why}`, () => [h("header", null, h("h2", null, id), closeLink()), h("p", null, why)]);
  }
  const decisions = kind === "incident" ? [...model.decisions.values()].filter((decision) => decision.incident === id).reverse() : [];
  const score = kind === "node" ? nodeScore(id) : null;
  const signature = JSON.stringify([kind, noun, decisions, score, model.stale, model.status.mode, location.search, model.incidents.get(noun.incident)?.state]);
  replace(aside, signature, () => {
    const parts = kind === "node" ? nodeDetail(noun, score, model.stale) : kind === "incident" ? incidentDetail(noun, decisions, model) : kind === "proposal" ? proposalDetail(noun, model) : decisionDetail(noun, model);
    parts[0].append(closeLink());
    return parts;
  });
}

const closeLink = () => link({incident: null}, {class: "close", "aria-label": "Close the details", "data-focus": "close"}, "Close");

function hint() {
  return [h("h2", null, "Details"), h("p", {class: "quiet"}, "Choose a node, a proposal, an incident or a decision to see what was done and why."),
          h("p", {class: "quiet"}, h("kbd", null, "j"), " ", h("kbd", null, "k"), " move, ", h("kbd", null, "Enter"), " opens, ", h("kbd", null, "?"), " shows all keys.")];
}

// Asks once for what is not in the lists; the words to show meanwhile.
function missing(kind, id) {
  const key = `${kind} ${id}`;
  if (kind === "node") return "No node of that name is known.";
  if (!model.missing.has(key)) {
    model.missing.set(key, "Looking for it ...");
    const found = (noun) => keep(listOf(kind), noun, () => true);
    ({incident: api.loadIncident, decision: api.loadDecision, proposal: api.loadProposal})[kind](id)
      .then(found, (error) => model.missing.set(key, `${error.message} (${error.code})`)).then(draw);
  }
  return model.missing.get(key);
}

function nodeScore(name) {
  const subject = `node/${name}`;
  if (!model.scores.has(subject)) {
    model.scores.set(subject, null);
    api.loadNodeScore(name).then((score) => { model.scores.set(subject, score); draw(); }, () => {});  // not found: nothing was said of it
  }
  return model.scores.get(subject);
}

// Stale data loses its colours at once, not when the next event comes: there may be none.
function tick() {
  tickClocks();
  refreshNodes();
  if (find("#main").hidden || !model.status) return;
  const stale = stream.isStale;
  const age = `as of ${duration(stream.ageMs)} ago`;
  find("#age").textContent = paused ? `paused, ${age}` : stale ? `stale, ${age}` : `${age}, lag ${Math.round(stream.lagMs)} ms`;
  if (stale === model.stale) return;
  model.stale = stale;
  document.body.toggleAttribute("data-stale", stale);
  draw();
}

function trouble(text, why = "answer") {
  const banner = find("#trouble");
  banner.hidden = !text;
  banner.textContent = text ?? "";
  banner.dataset.why = text ? why : "";
}

function showPage() {
  find("#login").hidden = true;
  find("#main").hidden = false;
  find("#logout").hidden = false;
}

function showLogin(why) {
  stream.close();
  trouble(null);
  // What was shown is gone, not only out of sight.
  Object.assign(model, {status: null, nodes: [], incidents: new Map(), decisions: new Map(), proposals: new Map(), scores: new Map()});
  document.querySelectorAll("#sentence, .tiles, #main tbody").forEach((element) => element.replaceChildren());
  replace(find("#detail"), "logged out", () => []);
  find("#mode").hidden = true;
  find("#age").textContent = "";
  find("#main").hidden = true;
  find("#logout").hidden = true;
  find("#login").hidden = false;
  find("#login-why").textContent = why;
}

function setPaused(value) {
  paused = value;
  find("#pause").setAttribute("aria-pressed", String(paused));
  find("#pause").textContent = paused ? "Go on" : "Pause";
  if (paused) stream.close();
  else start();
}

// A log-in link's code stands in the fragment, which browsers never send; it leaves the address
// bar before anything else happens.
async function start() {
  const code = /^#([0-9a-f]{16,128})$/.exec(location.hash)?.[1];
  let refusal = "";
  if (code) {
    history.replaceState(null, "", location.pathname + location.search);
    await api.login(code).catch((error) => { refusal = `The link was not accepted: ${error.message}.`; });
  }
  try {
    await api.loadStatus();
    stream.open();
  } catch (error) {
    if (error.status === 401) return showLogin(refusal);
    failed(error);
    stream.open();
  }
}

function press(value) {
  pressed = value;
  if (!pressed) setTimeout(draw);  // after the click's own listeners
}

find("#filter").value = current().query;
find("#filter").addEventListener("input", (event) => go({q: event.target.value}, {replace: true}));
find("#pause").addEventListener("click", () => setPaused(!paused));
find("#logout").addEventListener("click", () => api.logout().catch(() => {}).then(() => showLogin("You are logged out.")));
addEventListener("pointerdown", () => press(true), true);
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => press(false), true);
listenToKeys({pause: () => setPaused(!paused)});
onChange((selected) => {
  if (document.activeElement !== find("#filter")) find("#filter").value = current().query;
  draw();
  // Where the details stand below the lists, they come into sight.
  if (selected && matchMedia("(max-width: 1179px)").matches) requestAnimationFrame(() => find("#detail").scrollIntoView());
});
addEventListener("hashchange", () => location.hash && start());
// Browsers give a host six connections for all tabs: a page that nobody looks at gives its own back,
// be it in another tab or kept for the back button.
const resume = () => !paused && find("#login").hidden && start();
document.addEventListener("visibilitychange", () => (document.hidden ? stream.close() : resume()));
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (event) => event.persisted && resume());
setInterval(tick, 250);
start();
