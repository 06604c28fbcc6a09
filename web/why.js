// The "Why" panel: a decision's evidence, score, rails and what would have changed its mind. The
// same facts in the same order as `wardhive decisions explain ID`.

import {h, shape, svg} from "/dom.js";
import {clockTime, effectOf, logOdds, nameOf, plural, words} from "/format.js";

export function whyPanel(decision) {
  return h("section", {class: "why", "aria-label": `Why ${decision.id}`},
    h("h3", null, "Why: ", effectOf(decision)),
    h("p", {class: "reason"}, decision.reason),
    decision.score.contributions.length > 0 && [
      h("h4", null, `Score ${decision.score.value} of 100, threshold ${decision.threshold}`),
      scoreBar(decision.score.value, decision.threshold),
      scoreParts(decision.score),
    ],
    h("h4", null, "Evidence"),
    decision.evidence.length > 0 ? h("ol", {class: "evidence"}, decision.evidence.map(evidence)) : h("p", {class: "quiet"}, "None was kept with this decision."),
    h("h4", null, "Rails that were asked"),
    decision.rails.length > 0 ? h("ul", {class: "rails"}, decision.rails.map(rail)) : h("p", {class: "quiet"}, "None."),
    h("h4", null, "What would have changed its mind"),
    h("p", null, decision.counterfactual || "Nothing is recorded."),
    h("h4", null, "By hand"),
    h("p", {class: "made"}, "Undo: ", h("code", null, decision.undo)),
    h("p", {class: "made"}, "Explain: ", h("code", null, `wardhive decisions explain ${decision.id}`)),
    h("p", {class: "made"}, "Made by playbook ", h("code", null, decision.playbook), decision.score.model && [", risk model ", h("code", null, decision.score.model)], "."));
}

// 0 to 100 with the threshold as a mark; the numbers stand beside it as text.
export function scoreBar(value, threshold) {
  const tone = threshold !== null && value >= threshold ? "over" : "under";
  return svg("svg", {viewBox: "0 0 400 14", class: "score-bar", "aria-hidden": "true", preserveAspectRatio: "none"},
    svg("rect", {x: 0, y: 4, width: 400, height: 6, rx: 3, class: "track"}),
    svg("rect", {x: 0, y: 4, width: 4 * value, height: 6, rx: 3, class: tone}),
    threshold !== null && svg("rect", {x: 4 * threshold - 1, y: 0, width: 2, height: 14, class: "mark"}));
}

// One row per family, in log-odds; they sum exactly to the last row.
export function scoreParts(score) {
  const widest = Math.max(1, ...score.contributions.map((part) => Math.abs(part.milli)));
  const said = (part) => (part.findings > 0 ? `${plural(part.findings, "finding", "findings")}, ${plural(part.reporters, "reporter", "reporters")}` : "");
  return h("table", {class: "parts compact"},
    h("caption", {class: "unseen"}, "Parts of the score, in log-odds"),
    h("thead", null, h("tr", null, h("th", {scope: "col"}, "Part"), h("th", {scope: "col", class: "wide"}, h("span", {class: "unseen"}, "Bar")), h("th", {scope: "col", class: "number"}, "Log-odds"), h("th", {scope: "col"}, "From"))),
    h("tbody", null, score.contributions.map((part) => h("tr", {title: part.top_evidence || null},
      h("th", {scope: "row"}, words(part.family)), h("td", null, partBar(part.milli, widest)), h("td", {class: "number"}, logOdds(part.milli)), h("td", null, said(part))))),
    h("tfoot", null, h("tr", null, h("th", {scope: "row"}, "sum"), h("td"), h("td", {class: "number"}, logOdds(score.log_odds_milli)), h("td", null, `= score ${score.value}`))));
}

// To the right of the middle: speaks against it; to the left: for it.
function partBar(milli, widest) {
  const length = (96 * Math.abs(milli)) / widest;
  return svg("svg", {viewBox: "0 0 200 12", class: "part-bar", "aria-hidden": "true", preserveAspectRatio: "none"},
    svg("rect", {x: milli < 0 ? 100 - length : 100, y: 2, width: length, height: 8, class: milli < 0 ? "for" : "against"}),
    svg("rect", {x: 99.5, y: 0, width: 1, height: 12, class: "mark"}));
}

function evidence(finding) {
  const {summary, detector, inputs, counterfactual} = finding.evidence;
  return h("li", null,
    h("p", null, summary),
    h("p", {class: "quiet"}, h("time", {datetime: finding.at}, clockTime(finding.at)), ` · ${words(finding.kind)} seen by ${nameOf(finding.observer)} · ${detector} · strength ${finding.strength} of 100`),
    inputs.length > 0 && h("ul", {class: "inputs"}, inputs.map((input) => h("li", null,
      h("code", {class: "line"}, input.text),
      h("span", {class: "quiet"}, h("time", {datetime: input.at}, clockTime(input.at)), input.sha256 && ` · sha256 ${input.sha256.slice(0, 12)}`)))),
    counterfactual && h("p", {class: "quiet"}, `Quiet if: ${counterfactual}`));
}

function rail(check) {
  return h("li", {class: check.passed ? "tone-good" : "tone-bad"}, shape(check.passed ? "check" : "cross"),
    h("span", null, h("strong", null, check.passed ? "passed " : "blocked ", words(check.rail)), check.says && `: ${check.says}`));
}
