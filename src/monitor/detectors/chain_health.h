// Reports that Solana, or our sight of it, is not well. It says nothing about anybody's authority:
// what cannot be seen is not changed.
//
//   in     the chain_* series of ingest/chain_source.h; only those of the source itself count
//          (entity: the fleet), a sender of samples cannot speak for it
//   out    ChainUnwell about fleet/rpc (our endpoints) and about fleet/solana (the cluster), each
//          one claim with the strongest of its causes; raised when a cause held for its time, again
//          when a much stronger one comes, cleared when all were well for kChainCalm
//   gaps   nothing is counted over a pause of ours or a jump of the clock
//   cost   O(endpoints) per tick; about 4 KB
//   fork   that is given up: an endpoint which cannot show again what was seen already counts as
//   ill,
//          so it is fleet/rpc that is blind until the chain has caught up
//
// The causes, and where their bounds come from. The watch promises a change of an authority within
// 5 s of its confirmation: two intervals and three answers (i: chain.interval, 1 s).
//
//   fleet/rpc     strength  raised when                               well again when
//   blind               80  no endpoint is well for 5 s: the promise  one is well
//                           is broken; or no look ended for 10 s + 2i
//   unchecked           40  two or more are configured, one is well,  two are well
//                           for 1 min: nothing has a second witness
//   one down            20  one of several is not well for 10 min     all are well
//   lag                 30  a well one is more than 12 slots (4.8 s)  at most 6
//                           behind the newest, for 30 s
//   slow                30  a well one answers after more than 1 s,   less than 0.5 s
//                           for 30 s: three answers are the promise
//   fleet/solana
//   stands still        70  the confirmed slot has not risen above    it rises
//                           its highest for 10 s + 2i (25 slots): a
//                           halt, or an endpoint that shows the
//                           past
//   skipped             40  more than 10 % of the slots of 5 min have less than 5 %
//                           no block: 3 deviations over it, 100 slots
//                           at least. Leaders have 4 slots in a row,
//                           so the variance counts fourfold
//   confirmation        40  processed to confirmed takes more than    less than 1.5 s + 2i
//                           3 s + 2i (usual: 0.5 s, seen to within i)
//                           for 30 s
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr Duration kChainCalm = seconds(15);
inline constexpr std::size_t kChainEndpointsMax = 64;  // names ever seen; more are refused

std::unique_ptr<Detector> make_chain_health(const DetectorContext& context);

}  // namespace wardhive
