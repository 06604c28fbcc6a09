// What this room counts, registered once in the process' registry. Any thread.
#pragma once

#include "base/metrics.h"

namespace wardhive::net::detail {

// Why somebody was turned away; each is a label of net_refused_total.
enum class Refusal {
  ConnectionsMax,
  ConnectionsPerAddress,
  FileDescriptors,
  Malformed,
  HeaderBytes,
  HeaderLines,
  BodyBytes,
  BodiesTotal,
  RequestDeadline,
  AnswerDeadline,
  WriteDeadline,
  WorkersBusy,
  SseSlowReader,
  BadAnswer,  // a handler's response that could split the stream
};

Counter& refused(Refusal why);
Counter& requests_total(int status);  // by class: 1xx to 5xx
Gauge& connections_open();
Counter& connections_evicted();

}  // namespace wardhive::net::detail
