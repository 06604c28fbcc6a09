// How inputs reach the pipeline: a bounded queue of submissions, each answered once it is stored.
//
//   any thread submits; one thread (the pipeline's) takes
//   backpressure: samples are turned away first (LimitReached, HTTP 429), then events, findings
//   and health; never a receipt, a command or what the controller itself says
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/record.h"
#include "model/sample.h"

namespace wardhive {

struct Submission {
  std::vector<Record> records;
  std::vector<SampleBatch> samples;
  std::string agent;           // node of the sender's credential; empty: this process
  std::uint64_t sequence = 0;  // highest record number in it; 0: not numbered
  // Called on the pipeline's thread after the commit: the offset of the last record, or why not.
  // An error means that nothing of it counts as received.
  std::function<void(Result<std::uint64_t>)> done;
  // Runs on the pipeline's thread before the records are stepped: for what only the store's one
  // writer may do.
  std::function<void()> then;
};

class Inbox {
 public:
  // LimitReached if the queue is full for this kind of submission; `done` is then not called.
  Status submit(Submission submission);

  // One thread. Waits until something is there or `wait` is over; takes at most `records_max`
  // records (at least one submission). Empty after stop().
  std::vector<Submission> take(Duration wait, std::size_t records_max);

  // Wakes take(); later submissions are refused (Unavailable).
  void stop();
  // Turns samples away until told otherwise: the disk is full.
  void refuse_samples(bool on);
  std::size_t depth() const;

 private:
  enum class Class { Sample, Observation, Privileged };
  static Class class_of(const Submission& submission);
  static std::size_t bytes_of(const Submission& submission);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Submission> queue_;  // guarded by mutex_, as all below
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  bool stopped_ = false;
  bool refuse_samples_ = false;
};

}  // namespace wardhive
