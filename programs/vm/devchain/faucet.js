// The rich account behind requestAirdrop. Its key is public knowledge: development only.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { getAddressDecoder, getAddressEncoder, getBase58Encoder } from "@solana/kit";

const FUNDS = 10n ** 17n;
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const SYSTEM_PROGRAM = "11111111111111111111111111111111";

export class Faucet {
  constructor() {
    const seed = createHash("sha256").update("wardhive devchain faucet").digest();
    this.key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
    this.bytes = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(-32);
    this.address = getAddressDecoder().decode(this.bytes);
    this.count = 0n;
  }

  fund(svm) {
    if (svm.getAccount(this.address).exists) return;
    svm.setAccount({ address: this.address, data: new Uint8Array(), executable: false, lamports: FUNDS, space: 0n,
      programAddress: SYSTEM_PROGRAM });
  }

  // A signed legacy transaction. A counter behind the instruction's data keeps two equal gifts in
  // one slot from being the same transaction.
  transfer(chain, to, lamports) {
    const data = Buffer.alloc(20);
    data.writeUInt32LE(2, 0);
    data.writeBigUInt64LE(lamports, 4);
    data.writeBigUInt64LE(this.count++, 12);
    const message = Buffer.concat([Buffer.from([1, 0, 1, 3]), this.bytes, getAddressEncoder().encode(to), Buffer.alloc(32),
      getBase58Encoder().encode(chain.blockhashAt("processed").hash), Buffer.from([1, 2, 2, 0, 1, data.length]), data]);
    return new Uint8Array(Buffer.concat([Buffer.from([1]), sign(null, message, this.key), message]));
  }
}
