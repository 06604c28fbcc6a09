// Programs the real way: through the upgradeable loader, as a person deploys them.
import { join, u32, u64 } from "./bytes.js";
import { key, bytesOf, pda, text } from "./keys.js";
import { instruction, read, sign, signWrite, SYSTEM, write } from "./vm.js";

export const LOADER = "BPFLoaderUpgradeab1e11111111111111111111111";
const RENT = "SysvarRent111111111111111111111111111111111";
const CLOCK = "SysvarC1ock11111111111111111111111111111111";
const BUFFER_HEADER = 37, PROGRAM_BYTES = 36, PROGRAM_DATA_HEADER = 45;
const CHUNK = 900;  // bytes of the program in one transaction of at most 1,232

export const createAccount = (payer, fresh, lamports, space, owner) =>
  instruction(SYSTEM, [signWrite(payer), signWrite(fresh)], join(u32(0), u64(lamports), u64(space), bytesOf(owner)));

export const programDataOf = (program) => pda(LOADER, [bytesOf(program)]).address;

// Each is one instruction of the loader, by its number.
export const loader = {
  initializeBuffer: (buffer, authority) => instruction(LOADER, [write(buffer), read(authority)], u32(0)),
  write: (buffer, authority, offset, part) =>
    instruction(LOADER, [write(buffer), sign(authority)], join(u32(1), u32(offset), u64(part.length), part)),
  deploy: (payer, program, buffer, authority, maxLength) => instruction(LOADER, [signWrite(payer), write(programDataOf(program)),
    write(program), write(buffer), read(RENT), read(CLOCK), read(SYSTEM), sign(authority)], join(u32(2), u64(maxLength))),
  upgrade: (program, buffer, spill, authority) => instruction(LOADER, [write(programDataOf(program)), write(program), write(buffer),
    write(spill), read(RENT), read(CLOCK), sign(authority)], u32(3)),
  // `next` null: nobody may change the program any more, for ever.
  setAuthority: (program, authority, next) =>
    instruction(LOADER, [write(programDataOf(program)), sign(authority), ...(next ? [read(next)] : [])], u32(4)),
  close: (program, recipient, authority) =>
    instruction(LOADER, [write(programDataOf(program)), write(recipient), sign(authority), write(program)], u32(5)),
};

// A buffer account filled with `file`, in as many transactions as it takes.
export function fillBuffer(vm, label, file, authority) {
  const buffer = key(label), size = BUFFER_HEADER + file.length;
  vm.mustWork([createAccount(vm.payer, buffer, vm.rent(size), size, LOADER), loader.initializeBuffer(buffer, authority)]);
  for (let at = 0; at < file.length; at += CHUNK) vm.mustWork(loader.write(buffer, authority, at, file.subarray(at, at + CHUNK)));
  return buffer;
}

// Deploys `file` under the key `program`, with room for exactly its length, upgradeable by `authority`.
// A program can be called from the next slot on, so the clock goes one slot on. The outcome is that
// of the deploying transaction.
export function deploy(vm, program, file, authority) {
  const buffer = fillBuffer(vm, `buffer of ${text(program)}`, file, authority);
  const outcome = vm.mustWork([createAccount(vm.payer, program, vm.rent(PROGRAM_BYTES), PROGRAM_BYTES, LOADER),
    loader.deploy(vm.payer, program, buffer, authority, file.length)]);
  vm.setClock({ slot: vm.clock.slot + 1n });
  return outcome;
}

export const finalise = (vm, program, authority) => vm.mustWork(loader.setAuthority(program, authority, null));

// What the chain says of a deployed program: {authority, slot, file}.
export function deployed(vm, program) {
  const { data } = vm.account(programDataOf(program));
  return { authority: data[12] ? data.subarray(13, 45) : null, slot: data.readBigUInt64LE(4), file: data.subarray(PROGRAM_DATA_HEADER) };
}
