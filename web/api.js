// The HTTP API. Every failure is an ApiError with words for people.

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;  // 0: no answer
    this.code = code;
  }
}

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: method === "POST" ? {"Content-Type": "application/json", "X-Wardhive": "1"} : {},
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    throw new ApiError(0, error.name === "TimeoutError" ? "timeout" : "unreachable", error.name === "TimeoutError" ? "no answer within 10 s" : "Wardhive does not answer");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer?.error?.code ?? `http_${response.status}`, answer?.error?.message ?? response.statusText);
  return answer;
}

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);

const id = encodeURIComponent;
export const login = (code) => post("/login", {code});
export const logout = () => post("/logout");
export const loadStatus = () => get("/status");
export const loadNodes = () => get("/nodes");
export const loadIncidents = () => get("/incidents?state=all&limit=300");
export const loadDecisions = () => get("/decisions?state=all&limit=300");
export const loadProposals = () => get("/proposals?state=all&limit=300");
export const loadIncident = (incident) => get(`/incidents/${id(incident)}`);
export const loadDecision = (decision) => get(`/decisions/${id(decision)}`);
export const loadProposal = (proposal) => get(`/proposals/${id(proposal)}`);
export const loadExplanation = (decision) => get(`/decisions/${id(decision)}/explain`);
export const loadNodeScore = (name) => get(`/scores/node/${id(name)}`);
// verb: revert, hold, release
export const changeDecision = (decision, verb, reason) => post(`/decisions/${id(decision)}/${verb}`, {reason});
// verb: approve, withdraw
export const changeProposal = (proposal, verb, reason) => post(`/proposals/${id(proposal)}/${verb}`, {reason});
