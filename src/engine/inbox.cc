#include "engine/inbox.h"

#include <algorithm>

#include "base/limits.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

std::size_t count_of(const Submission& submission) {
  std::size_t count = submission.records.size();
  for (const auto& batch : submission.samples) count += 1 + batch.samples.size() / 1'000;
  return std::max<std::size_t>(count, 1);
}

}  // namespace

Inbox::Class Inbox::class_of(const Submission& submission) {
  bool observation = false;
  for (const auto& record : submission.records) {
    if (std::holds_alternative<Event>(record) || std::holds_alternative<Finding>(record) ||
        std::holds_alternative<Health>(record))
      observation = true;
    else
      return Class::Privileged;
  }
  return observation || submission.samples.empty() ? Class::Observation : Class::Sample;
}

std::size_t Inbox::bytes_of(const Submission& submission) {
  std::size_t bytes = submission.records.size() * 512;
  for (const auto& batch : submission.samples)
    bytes += batch.samples.size() * sizeof(Sample) + batch.defined.size() * 512;
  return bytes;
}

Status Inbox::submit(Submission submission) {
  static auto& refused = metrics().counter("engine_submissions_refused_total",
                                           "submissions turned away by a full queue");
  const auto kind = class_of(submission);
  const auto bytes = bytes_of(submission);
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(ErrorCode::Unavailable, "wardhive is stopping; send it again later");
  // Samples give way at half of the queue, observations at its end; what acts or commands never.
  const std::size_t share = kind == Class::Sample ? 2 : 1;
  const bool full = records_ >= limits::kPipelineQueueRecordsMax / share ||
                    bytes_ + bytes > limits::kPipelineQueueBytesMax / share;
  if (kind != Class::Privileged && full) {
    refused.add();
    return fail(ErrorCode::LimitReached, "the queue of the pipeline is full; send it again later");
  }
  if (kind == Class::Sample && refuse_samples_) {
    refused.add();
    return fail(ErrorCode::LimitReached,
                "the disk is full and samples give way first; send it again later");
  }
  records_ += count_of(submission);
  bytes_ += bytes;
  queue_.push_back(std::move(submission));
  wake_.notify_one();
  return ok();
}

std::vector<Submission> Inbox::take(Duration wait, std::size_t records_max) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, wait, [&] { return !queue_.empty() || stopped_; });
  std::vector<Submission> taken;
  std::size_t count = 0;
  while (!queue_.empty() && (taken.empty() || count + count_of(queue_.front()) <= records_max)) {
    count += count_of(queue_.front());
    bytes_ -= bytes_of(queue_.front());
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  records_ -= count;
  return taken;
}

void Inbox::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_.notify_all();
}

void Inbox::refuse_samples(bool on) {
  const std::lock_guard lock(mutex_);
  refuse_samples_ = on;
}

std::size_t Inbox::depth() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

}  // namespace wardhive
