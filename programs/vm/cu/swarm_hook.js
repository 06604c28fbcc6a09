// swarm_hook: its own part of a transfer, and what a transfer costs with Token-2022's resolving of the
// extra accounts (1,500 more for each step of a bump below 255). Positions have bump 255.
import { measure } from "../harness/budget.js";
import { bareHookWorld, CAP, HOOK, hookWorld, setUp } from "../harness/hook.js";
import { positionOf } from "../harness/swarm.js";
import { alice, bob, MIN_STAKE, PROGRAM } from "../harness/world.js";

const own = ({ consumed }) => consumed.filter(({ program }) => program === HOOK.address).reduce((sum, { units }) => sum + units, 0n);

export function measurements(features) {
  const fresh = bareHookWorld(features);
  measure("hook: set_up", fresh.vm.mustWork(setUp(fresh.vm.payer, fresh.mint)).units);
  const world = hookWorld(features), { vm } = world;
  const plain = vm.mustWork(world.transfer(alice, bob, 1n));
  measure("hook, owner without a position", own(plain));
  measure("Token-2022 TransferChecked with the hook", plain.units);
  measure("open_position through the hook", vm.mustWork(world.moving("open_position", { amount: 10n * MIN_STAKE }, { position: positionOf(PROGRAM, alice) }, alice)).units);
  measure("hook, owner with a position", own(vm.mustWork(world.transfer(alice, bob, 1n))));
  world.freeze(alice, vm.clock.unix);
  measure("hook, a freeze that is over", own(vm.mustWork(world.transfer(alice, bob, 1n))));
  world.freeze(alice, vm.clock.unix + 60n);
  measure("hook, frozen", own(vm.send(world.transfer(alice, bob, 1n))));
  measure("hook, above the cap", own(vm.send(world.transfer(bob, alice, CAP + 1n))));
}
