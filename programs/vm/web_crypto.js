// Debian 12's Node 18.20 hides Web Crypto behind a flag, and @solana/kit asks for the global.
// Import this before @solana/kit; on newer Node it does nothing.
import { webcrypto } from "node:crypto";

if (!globalThis.crypto) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
