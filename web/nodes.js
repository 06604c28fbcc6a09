// The node map: a tile each, worst first; and one node's details with what each observer sees.

import {chip, clock, find, h, keyed, shape} from "/dom.js";
import {duration, lookOf, ms, NODE_LOOKS, nameOf, plural, share} from "/format.js";
import {scoreBar, scoreParts} from "/why.js";
import {link, matches} from "/view.js";

const TILES_MAX = 500;
const ORDER = Object.keys(NODE_LOOKS);

// Data that is no longer fresh is never shown as the present: "was healthy", in grey.
export const nodeLook = (node, stale) => {
  const look = lookOf(NODE_LOOKS, node.state);
  return stale ? {...look, tone: "none", text: `was ${look.text}`} : look;
};

const worstFirst = (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.score - a.score || a.name.localeCompare(b.name, "en", {numeric: true});

export function renderNodes(root, model, view) {
  const shown = model.nodes.filter((node) => matches(view.query, node.name, node.state, node.class, ...node.addresses)).sort(worstFirst);
  find(".count", root).textContent = countText(model.nodes, shown);
  const note = find(".note", root);
  note.hidden = shown.length <= TILES_MAX;
  note.textContent = `The ${TILES_MAX} worst of ${shown.length} are drawn; the filter finds the others by name, address or state.`;
  const empty = find(".empty", root);
  empty.hidden = shown.length > 0;
  empty.replaceChildren(...(shown.length > 0 ? [] : noNodes(model.nodes.length)));
  const selected = view.kind === "node" ? view.id : "";
  keyed(find(".tiles", root), shown.slice(0, TILES_MAX), (node) => node.name,
        (node) => [node.state, node.share_bps, node.score, node.claims.length, node.name === selected, model.stale, location.search].join("|"),
        (node) => h("li", null, tile(node, node.name === selected, model.stale)));
}

function countText(all, shown) {
  if (shown.length !== all.length) return `${shown.length} of ${all.length}`;
  const counts = ORDER.map((state) => [state, all.filter((node) => node.state === state).length]).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(", ");
}

function tile(node, selected, stale) {
  const look = nodeLook(node, stale);
  const extra = [];
  if (node.share_bps < 10_000) extra.push(share(node.share_bps));
  if (node.claims.length > 0) extra.push(plural(node.claims.length, "claim", "claims"));
  return link({node: node.name}, {class: `tile tone-${look.tone}`, "data-row": "node", "data-focus": `node ${node.name}`, "aria-current": selected},
              shape(look.shape),
              h("span", {class: "tile-name"}, node.name),
              h("span", {class: "tile-score", title: "risk score, 0 to 100"}, h("span", {class: "unseen"}, "score "), node.score),
              h("span", {class: "tile-state"}, [look.text, ...extra].join(" · ")));
}

function noNodes(known) {
  if (known > 0) return [h("p", null, "No node fits the filter.")];
  return [h("p", null, "No node is known yet. Watch a host that runs node_exporter:"), h("pre", null, h("code", null, "wardhive up --target HOST:9100")),
          h("p", null, "or enrol an agent:"), h("pre", null, h("code", null, "wardhive token enroll --node NAME"))];
}

// `score`: of GET /scores/node/NAME, or null if nothing was said about the node yet.
export function nodeDetail(node, score, stale) {
  const facts = [
    ["Share of traffic", share(node.share_bps)],
    ["Class", node.class || "none"],
    ["Addresses", node.addresses.join(", ") || "none known"],
    ["Acts with", node.acts ? node.controls.join(", ") || "no control here" : "watched only, nothing acts on it"],
  ];
  if (node.backends.length > 0) facts.push(["Carries the traffic of", node.backends.join(", ")]);
  if (node.decision) facts.push(["Held by", link({decision: node.decision}, {"data-focus": "held by"}, node.decision)]);
  return [
    h("header", null, chip(nodeLook(node, stale)), h("h2", null, node.name)),
    h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    h("h3", null, "Claims against it"),
    node.claims.length > 0 ? h("ul", {class: "claims"}, node.claims.map((claim) => h("li", null, claim))) : h("p", {class: "quiet"}, "None is raised."),
    h("h3", null, "Seen by"),
    node.health.length > 0 ? healthTable(node.health, stale) : h("p", {class: "quiet"}, "Nobody has looked yet; a node needs ", h("code", null, "probe_url"), " or an agent."),
    h("h3", null, "Risk score"),
    score ? [scoreBar(score.value, null), scoreParts(score)] : h("p", {class: "quiet"}, "Nothing was said against it."),
  ];
}

function healthTable(health, stale) {
  const verdict = (row) => chip(row.healthy ? {shape: "disc", tone: stale ? "none" : "good", text: "healthy"} : {shape: "triangle", tone: stale ? "none" : "warn", text: "unhealthy"});
  return h("div", {class: "scroll"}, h("table", {class: "compact"},
    h("thead", null, h("tr", null, ["Observer", "Verdict", "Probes lost", "Requests", "Errors", "p99"].map((head) => h("th", {scope: "col"}, head)))),
    h("tbody", null, health.map((row) => h("tr", null,
      h("th", {scope: "row"}, nameOf(row.observer), clock((now) => `${duration(now - ms(row.fresh_at))} ago`, {class: "under-name"})),
      h("td", null, verdict(row)),
      h("td", {class: "number"}, `${row.probes_failed} of ${row.probes}`), h("td", {class: "number"}, row.requests),
      h("td", {class: "number"}, share(row.error_bps)), h("td", {class: "number"}, `${(row.p99_us / 1000).toFixed(1)} ms`))))));
}
