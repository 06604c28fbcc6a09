// HTTP and websocket on loopback. Bounds: body and message bytes, connections, unsent bytes.
// Anyone on this machine may use it; a web page may not: names other than loopback's are refused
// (DNS rebinding), and so is any Origin that is not loopback.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { devMethods } from "./dev.js";
import { RpcError } from "./errors.js";
import { Faucet } from "./faucet.js";
import { Faults } from "./faults.js";
import { toJson } from "./json.js";
import { readMethods } from "./methods.js";
import { answerText } from "./rpc.js";
import { Subscriptions } from "./subscriptions.js";
import { transactionMethods } from "./transactions.js";

const BODY_BYTES_MAX = 256 * 1024;
const CONNECTIONS_MAX = 64;
const UNSENT_BYTES_MAX = 8 * 1024 * 1024;
const LOOPBACK = /^(https?:\/\/)?(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;
const methods = new Map(Object.entries({ ...readMethods, ...transactionMethods, ...devMethods }));

const isLocal = ({ headers }) => LOOPBACK.test(headers.host ?? "") && (headers.origin === undefined || LOOPBACK.test(headers.origin));

function call(server, method, params) {
  const handler = methods.get(method);
  if (!handler) throw new RpcError(-32601, "Method not found");
  const fault = method.startsWith("devchain_") ? null : server.faults.strike("rpcError", method);
  if (fault) throw new RpcError(fault.code, fault.message);
  return handler(server.chain, params, server);
}

function reply(response, status, text = "", headers = {}) {
  response.writeHead(status, { "content-type": status === 200 ? "application/json" : "text/plain", ...headers });
  response.end(text);
}

function onRequest(server, request, response) {
  if (!isLocal(request)) return reply(response, 403, "devchain: only loopback names are served\n");
  if (request.method === "GET" && request.url === "/health") return reply(response, 200, "ok", { "content-type": "text/plain" });
  if (request.method !== "POST") return reply(response, 405, "devchain: POST a JSON-RPC request\n", { allow: "POST" });
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    return reply(response, 415, "devchain: content-type must be application/json\n");
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size <= BODY_BYTES_MAX) parts.push(part);
  });
  request.on("end", () => {
    if (size > BODY_BYTES_MAX) return reply(response, 413, `devchain: a body has at most ${BODY_BYTES_MAX} bytes\n`, { connection: "close" });
    const text = Buffer.concat(parts).toString("utf8");
    // A client must stay able to lift the fault it has set.
    if (!text.includes("devchain_") && server.faults.strike("http429", "http"))
      return reply(response, 429, "Too Many Requests", { "retry-after": "1" });
    const out = answerText(text, (method, params) => call(server, method, params));
    return out === null ? reply(response, 204) : reply(response, 200, out);
  });
  request.on("error", () => response.destroy());
}

function onSocket(server, socket) {
  const write = (message) => {
    if (socket.bufferedAmount > UNSENT_BYTES_MAX) socket.close(1013, "too slow a reader");
    else if (socket.readyState === socket.OPEN) socket.send(toJson(message));
  };
  const subscriptions = new Subscriptions(server.chain, server.faults, write);
  socket.on("message", (data) => {
    const out = answerText(data.toString(), (method, params) => subscriptions.call(method, params));
    if (out !== null) socket.send(out);
  });
  socket.on("close", () => subscriptions.close());
  socket.on("error", () => socket.terminate());
}

// Serves `chain` on 127.0.0.1:`port` (0: any free one). Resolves to {port, chain, faults, close}.
export async function serve(chain, port = 0) {
  const server = { chain, faults: new Faults(), snapshots: new Map(), faucet: new Faucet() };
  server.faucet.fund(chain.svm);
  const http = createServer({ requestTimeout: 10_000 }, (request, response) => onRequest(server, request, response));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: BODY_BYTES_MAX });
  http.maxConnections = 4 * CONNECTIONS_MAX;
  http.on("upgrade", (request, socket, head) => {
    if (!isLocal(request) || sockets.clients.size >= CONNECTIONS_MAX) return socket.destroy();
    return sockets.handleUpgrade(request, socket, head, (opened) => onSocket(server, opened));
  });
  await new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", resolve);
  });
  server.port = http.address().port;
  server.close = () => new Promise((resolve) => {
    for (const socket of sockets.clients) socket.terminate();
    http.close(resolve);
    http.closeAllConnections();
  });
  return server;
}
