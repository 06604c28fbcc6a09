// Values in words. Times of the API are RFC 3339 text; the epoch stands for "not yet".

export const ms = (instant) => Date.parse(instant);
export const isSet = (instant) => Boolean(instant) && ms(instant) > 0;

// 0.4 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h
export function duration(milliseconds) {
  const s = Math.max(0, milliseconds) / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  const pair = (big, bigUnit, small, smallUnit) => (small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`);
  if (s < 3600) return pair(Math.floor(s / 60), "min", Math.floor(s % 60), "s");
  if (s < 86400) return pair(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min");
  return pair(Math.floor(s / 86400), "d", Math.floor((s % 86400) / 3600), "h");
}

export function clockTime(instant) {
  const at = new Date(ms(instant));
  const two = (n) => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

export const share = (bps) => `${Number((bps / 100).toFixed(2))} %`;
export const logOdds = (milli) => `${milli < 0 ? "\u2212" : "+"}${(Math.abs(milli) / 1000).toFixed(3)}`;
export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
export const words = (name) => String(name ?? "").replaceAll("_", " ");
export const nameOf = (entity) => String(entity ?? "").replace(/^[a-z]+\//, "");

const look = (shape, tone, text) => ({shape, tone, text});

// Worst first: the order of the node map.
export const NODE_LOOKS = {
  isolated: look("square", "bad", "isolated"),
  drained: look("down", "held", "drained"),
  silent: look("cross", "bad", "silent"),
  suspect: look("triangle", "warn", "suspect"),
  restoring: look("half", "work", "restoring"),
  unknown: look("ring", "none", "unknown"),
  healthy: look("disc", "good", "healthy"),
};

export const INCIDENT_LOOKS = {
  detected: look("triangle", "warn", "detected"),
  containing: look("half", "work", "containing"),
  contained: look("square", "held", "contained"),
  verifying: look("half", "work", "verifying"),
  restoring: look("half", "work", "restoring"),
  watching: look("ring", "work", "watching"),
  resolved: look("check", "good", "resolved"),
  held: look("bars", "warn", "held back"),
  escalated: look("diamond", "bad", "needs a person"),
  false_positive: look("check", "none", "false positive"),
  merged: look("ring", "none", "merged"),
};

export const DECISION_LOOKS = {
  active: look("square", "held", "in force"),
  shadow: look("ring", "work", "would have"),
  held: look("bars", "warn", "held back"),
  expired: look("ring", "none", "expired"),
  reverted: look("cross", "none", "reverted"),
  completed: look("check", "good", "completed"),
  lapsed: look("ring", "none", "lapsed, never in force"),
};

export const PROPOSAL_LOOKS = {
  open: look("diamond", "warn", "open"),
  ordered: look("half", "work", "ordered"),
  confirmed: look("square", "held", "confirmed"),
  done: look("check", "good", "done"),
  failed: look("cross", "bad", "failed"),
  expired: look("ring", "none", "expired"),
  withdrawn: look("cross", "none", "withdrawn"),
  unknown: look("ring", "warn", "unknown"),
};

export const lookOf = (looks, state) => looks[state] ?? look("ring", "none", words(state));

const CLOSED = new Set(["resolved", "false_positive", "merged"]);
export const isOpen = (incident) => !CLOSED.has(incident.state);
export const isCurrent = (decision) => ["active", "shadow", "held"].includes(decision.state) && !isSet(decision.ended_at);

export const isPending = (proposal) => ["open", "ordered", "confirmed"].includes(proposal.state);

// "ban 203.0.113.66", "drain gpu-7"
export function effectOf(decision) {
  const target = nameOf(decision.target);
  switch (decision.verb) {
    case "ban_address": return `ban ${target}`;
    case "drain_node": return decision.share_bps > 0 ? `hold ${target} at ${share(decision.share_bps)}` : `drain ${target}`;
    case "set_node_share": return `hold ${target} at ${share(decision.share_bps)}`;
    case "isolate_node": return `isolate ${target}`;
    default: return `${words(decision.verb)} ${target}`;
  }
}
