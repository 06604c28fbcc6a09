// Reports a node from which nothing is heard any more, in two stages.
//
//   in     contacts: the node's agent speaking, its own samples and events; Inventory
//   out    per gap: Silent of strength 40 after `silence_suspect`, again with 100 after
//          `silence_dead`, Cleared at the first tick after it is heard again
//   agents promise a word per second and are held to the settings; a node known only by samples
//          (scraped, remote-written) is judged by its own rhythm: 3 and 6 times its usual gap, if
//          that is longer, and only after 3 contacts
//   quiet  a node never heard from is unknown, one that said it is stopping is not silent, one that
//          left the inventory is forgotten; a gap in which we ourselves were paused, or the clock
//          jumped, is not counted
//   cost   O(nodes) per tick; about 200 bytes per node; limits::kNodesMax nodes, others are counted
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

std::unique_ptr<Detector> make_silence(const DetectorContext& context);

}  // namespace wardhive
