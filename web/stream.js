// The stream of changes: reconnects by itself, knows how late its news are, can be paused.

import {setServerOffset} from "/dom.js";
import {loadStatus} from "/api.js";
import {ms} from "/format.js";

export const INTERVAL_MS = 1000;           // the server's tick
const STALE_MS = 2 * INTERVAL_MS + 500;    // two ticks missed, and half of one for the way
const RETRY_MS = [1000, 2000, 4000, 8000];
const KINDS = ["status", "incident", "decision", "proposal", "score", "finding", "health", "receipt", "notice", "inventory"];

// on.event(kind, noun), on.open(), on.lost(error or null), on.unauthorized()
export class Stream {
  #on;
  #source = null;
  #failures = 0;
  #heardAt = -Infinity;    // performance.now() of the last status
  #lagMs = 0;
  #offsetMs = Infinity;    // smallest seen: browser clock minus server clock, plus the quickest way
  #retry = 0;

  constructor(on) { this.#on = on; }

  open() {
    this.close();
    const source = new EventSource("/api/v1/stream");
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#on.open();
    };
    source.onerror = () => this.#failed();
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#received(kind, event.data));
  }

  close() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  // A status that came otherwise counts as news too.
  heard(status) {
    const difference = Date.now() - ms(status.at);
    this.#offsetMs = Math.min(this.#offsetMs, difference);
    setServerOffset(this.#offsetMs);
    this.#lagMs = difference - this.#offsetMs;
    this.#heardAt = performance.now();
  }

  get ageMs() { return performance.now() - this.#heardAt + this.#lagMs; }
  get lagMs() { return this.#lagMs; }
  get isStale() { return this.ageMs > STALE_MS; }

  #received(kind, data) {
    let noun;
    try {
      noun = JSON.parse(data);
    } catch {
      return;  // a broken event is not worth a broken page; the next list load repairs it
    }
    if (kind === "status") this.heard(noun);
    this.#on.event(kind, noun);
  }

  async #failed() {
    this.close();
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#retry = setTimeout(() => this.open(), wait);
    const error = await loadStatus().then(() => null, (reason) => reason);
    if (error?.status === 401) {
      this.close();
      this.#on.unauthorized();
    } else {
      this.#on.lost(error);
    }
  }
}
