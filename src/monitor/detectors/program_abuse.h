// Reports far more of something on the program than usual, and a key that signs like no honest one.
//
//   in     ProgramEvent events (ingest/chain_source.h), and chain_program_failed_total of the
//   source
//          itself (entity: the fleet)
//   out    ProgramBurst about the program, KeyOveruse about the key: one claim each with what it
//          rests on and what a person can do; again when a much stronger cause comes; cleared
//          kAbuseCalm after the last event that was over a bound
//   time   windows are slots, so that events which are read late (an outage of ours) count when
//   they
//          happened; what is more than kBehindMax slots behind when it is read is history
//   limit  kRatesMax (cause, subject) pairs; one more is counted as refused and not watched
//   cost   O(log pairs) per event, about 220 bytes per pair
//
//   cause          of       bound                 in       why
//   registrations  program  20, and 4x the usual  10 min   the io.net wave was thousands a minute;
//   a
//                                                          provider with 19 machines is no wave
//   events         program  300, and 10x          1 min    5 a second from one program
//   failures       program  50, and 10x           1 min    an exploit fails until it does not
//   quarantines    key      5                     10 min   the rails of one controller stop at 3
//   nodes
//                  key      12                    24 h     a stolen key that takes its time
//   accusations    key      3                     1 h      each binds a bond and a resolver's time
//                  key      6                     24 h
//
// The usual is the mean of about a day before; a key has none, or a thief would teach it.
// Quarantines are counted on who signed without paying (on the payer, if nobody else signed),
// accusations on who pays for the incident's account.
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr Duration kAbuseCalm = minutes(30);
inline constexpr std::uint64_t kBehindMax = 9'000;  // slots, one hour
inline constexpr std::size_t kRatesMax = 1'000;

std::unique_ptr<Detector> make_program_abuse(const DetectorContext& context);

}  // namespace wardhive
