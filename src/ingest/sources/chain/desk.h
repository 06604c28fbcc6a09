// What the parts of the chain source share: whom they ask, what is known, how something is said.
#pragma once

#include <functional>

#include "base/clock.h"
#include "chain/rpc.h"
#include "ingest/sources/chain/watch_book.h"

namespace wardhive {

struct ChainDesk {
  const chain::Rpc& rpc;
  const Clock& clock;
  WatchBook& book;
  // False: it was not taken, say it again later. Observer and time are filled in.
  std::function<bool(Event)> say;
};

// What follows from a `say` that was refused: nothing of it is noted, so it is said again.
inline std::unexpected<Error> not_taken() {
  return fail(ErrorCode::LimitReached, "the pipeline's queue is full; said again later");
}

}  // namespace wardhive
