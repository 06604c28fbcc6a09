// Development-only methods, all named devchain_*. Each takes (chain, params, {faults, snapshots}).
import { invalidParams } from "./errors.js";
import * as take from "./params.js";

const FEATURE_SETS = ["mainnet", "all"];
const SNAPSHOTS_MAX = 8;
const WARP_SECONDS_MAX = 10 * 366 * 86_400;

const label = (value) => {
  if (typeof value !== "string" || !/^[\w.-]{1,64}$/.test(value)) throw take.wrong("name", value, "1 to 64 letters, digits, . _ -");
  return value;
};

export const devMethods = {
  devchain_status: (chain, _, { faults, snapshots }) => ({ slot: chain.slot, confirmed: chain.slotAt("confirmed"),
    finalized: chain.slotAt("finalized"), unixTime: Math.floor(chain.unixMs / 1000), slotMs: chain.slotMs, features: chain.features,
    snapshots: [...snapshots.keys()], faults: faults.report() }),
  // {slots, seconds}: one of them is enough, slots pass at the chain's pace then. The last of them pass one by
  // one, as far back as "finalized" lags: right after a warp, every commitment has a blockhash that is valid.
  devchain_warp(chain, [given]) {
    const from = take.config(given, "warp");
    const seconds = from.seconds === undefined ? null : take.integer(from.seconds, "seconds", { max: WARP_SECONDS_MAX });
    if (seconds === null && from.slots === undefined) throw invalidParams("Invalid param: give slots, seconds or both");
    const slots = from.slots === undefined ? Math.max(1, Math.ceil(seconds * 1000 / chain.slotMs))
      : take.integer(from.slots, "slots", { min: 1, max: 1e9 });
    const total = seconds === null ? slots * chain.slotMs : seconds * 1000;
    const single = Math.min(slots - 1, Number(chain.finalizedLag)), each = Math.floor(total / slots);
    chain.tick(BigInt(slots - single), total - single * each);
    for (let i = 0; i < single; ++i) chain.tick(1n, each);
    return chain.slot;
  },
  devchain_rollback(chain, [slots]) {
    if (!chain.rollback(take.integer(slots, "slots", { min: 1 })))
      throw invalidParams(`Invalid param: ${slots} slots back is not after the last final slot ${chain.slotAt("finalized")}`);
    return chain.slot;
  },
  devchain_setAccount(chain, [address, given]) {
    take.address(address);
    const from = take.config(given, "account");
    const data = new Uint8Array(Buffer.from(typeof from.data === "string" ? from.data : "", "base64"));
    chain.setAccount(address, { address, data, executable: false, lamports: BigInt(take.integer(from.lamports, "lamports")),
      programAddress: take.address(from.owner, "owner"), space: BigInt(data.length) });
    return chain.slot;
  },
  devchain_setFeatures(chain, [features]) {
    if (!FEATURE_SETS.includes(features)) throw take.wrong("features", features, FEATURE_SETS.join(" or "));
    chain.setFeatures(features);
    return chain.slot;
  },
  devchain_setFaults(chain, [given], { faults }) {
    faults.set(take.config(given, "faults"));
    return faults.report();
  },
  devchain_snapshot(chain, [name], { snapshots }) {
    label(name);
    if (!snapshots.has(name) && snapshots.size >= SNAPSHOTS_MAX) throw invalidParams(`Too many snapshots; max ${SNAPSHOTS_MAX}`);
    snapshots.set(name, chain.save());
    return chain.slot;
  },
  devchain_restore(chain, [name], { snapshots }) {
    const saved = snapshots.get(label(name));
    if (!saved) throw invalidParams(`Invalid param: no snapshot "${name}"; there are: ${[...snapshots.keys()].join(", ") || "none"}`);
    chain.load(saved);
    return chain.slot;
  },
};
