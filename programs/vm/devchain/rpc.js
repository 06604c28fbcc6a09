// The door of JSON-RPC 2.0: bytes in, text out. Never throws; nonsense gets the error that the
// specification names. Bounds: BATCH_MAX requests in one body, and the body's size (server.js).
import { RpcError } from "./errors.js";
import { toJson } from "./json.js";

const BATCH_MAX = 64;
const failure = (id, code, message, data) => ({ jsonrpc: "2.0", error: { code, message, ...(data !== undefined && { data }) }, id });
const isId = (id) => id === null || typeof id === "string" || Number.isSafeInteger(id);

// One request object. `call(method, params)` answers or throws. Null for a notification.
export function answer(request, call) {
  if (request === null || typeof request !== "object" || Array.isArray(request)) return failure(null, -32600, "Invalid request");
  const { id = null, method, params = [] } = request;
  if (!isId(id)) return failure(null, -32600, "Invalid request: id must be text, an integer or null");
  if (request.jsonrpc !== "2.0" || typeof method !== "string") return failure(id, -32600, "Invalid request");
  if (params !== null && !Array.isArray(params)) return failure(id, -32602, "Invalid params: an array is expected");
  try {
    const result = call(method, params ?? []);
    return "id" in request ? { jsonrpc: "2.0", result, id } : null;
  } catch (error) {
    if (error instanceof RpcError) return failure(id, error.code, error.message, error.data);
    return failure(id, -32603, `Internal error: ${error.message}`);
  }
}

// A whole body, single or batch. Null when there is nothing to say.
export function answerText(text, call) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return toJson(failure(null, -32700, "Parse error"));
  }
  if (!Array.isArray(body)) {
    const one = answer(body, call);
    return one && toJson(one);
  }
  if (body.length === 0 || body.length > BATCH_MAX)
    return toJson(failure(null, -32600, `Invalid request: a batch has 1 to ${BATCH_MAX} requests`));
  const all = body.map((request) => answer(request, call)).filter(Boolean);
  return all.length > 0 ? toJson(all) : null;
}
