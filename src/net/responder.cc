#include "net/responder.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "net/impl/counters.h"
#include "net/impl/sse_queue.h"

namespace wardhive::net {
namespace detail {

Status SseQueue::push(std::string_view bytes) {
  bool was_empty = false;
  bool too_slow = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(ErrorCode::Unavailable, "the event stream is closed");
    too_slow = overflowed_ = pending_.size() + bytes.size() > limits::kSseQueueBytesMax;
    if (!too_slow) {
      was_empty = pending_.empty();
      pending_ += bytes;
    }
  }
  if (too_slow) {
    refused(Refusal::SseSlowReader).add();
    close();
    return fail(ErrorCode::LimitReached,
                "the event stream's reader is too slow and was disconnected");
  }
  if (was_empty) wake_();
  return ok();
}

std::string SseQueue::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pending_, {});
}

void SseQueue::close() {
  std::function<void()> callback;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    callback = std::exchange(on_close_, nullptr);
  }
  wake_();
  if (callback) callback();
}

bool SseQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool SseQueue::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void SseQueue::on_close(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      on_close_ = std::move(callback);
      return;
    }
  }
  callback();
}

// Ends the stream when the last SseStream that shares it goes.
struct SseHandle {
  explicit SseHandle(std::shared_ptr<SseQueue> q) : queue(std::move(q)) {}
  SseHandle(const SseHandle&) = delete;
  SseHandle& operator=(const SseHandle&) = delete;
  ~SseHandle() { queue->close(); }
  std::shared_ptr<SseQueue> queue;
};

}  // namespace detail

namespace {

class CallbackSink final : public detail::AnswerSink {
 public:
  explicit CallbackSink(std::function<void(Response)> answer) : answer_(std::move(answer)) {}
  void answer(Response response) override { answer_(std::move(response)); }
  std::shared_ptr<detail::SseQueue> start_sse(Headers) override {
    answer_(error_response(Error{ErrorCode::Unsupported, "event streams need a connection"}));
    auto queue = std::make_shared<detail::SseQueue>([] {});
    queue->close();
    return queue;
  }

 private:
  std::function<void(Response)> answer_;
};

bool has_line_break(std::string_view text) {
  return text.find_first_of("\r\n") != std::string_view::npos;
}

// "data: " before each line of `text`; CR, LF and CRLF all end a line, as readers see it.
void append_data(std::string& out, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    out += "data: ";
    out += text.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

}  // namespace

SseStream::SseStream(std::shared_ptr<detail::SseQueue> queue)
    : handle_(std::make_shared<detail::SseHandle>(std::move(queue))) {}

Status SseStream::send(std::string_view event, std::string_view data, std::string_view id) const {
  if (!handle_) return fail(ErrorCode::Unavailable, "the event stream is closed");
  if (has_line_break(event) || has_line_break(id) || id.find('\0') != std::string_view::npos)
    return fail(ErrorCode::InvalidInput, "an event's name and id must not hold line breaks or NUL");
  std::string bytes;
  bytes.reserve(event.size() + data.size() + id.size() + 32);
  if (!id.empty()) bytes.append("id: ").append(id).append("\n");
  if (!event.empty()) bytes.append("event: ").append(event).append("\n");
  append_data(bytes, data);
  bytes += '\n';
  return handle_->queue->push(bytes);
}

Status SseStream::comment(std::string_view text) const {
  if (!handle_) return fail(ErrorCode::Unavailable, "the event stream is closed");
  if (has_line_break(text))
    return fail(ErrorCode::InvalidInput, "a comment must not hold line breaks");
  return handle_->queue->push(std::string(": ").append(text).append("\n\n"));
}

bool SseStream::closed() const { return !handle_ || handle_->queue->closed(); }

void SseStream::close() const {
  if (handle_) handle_->queue->close();
}

void SseStream::on_close(std::function<void()> callback) const {
  if (handle_)
    handle_->queue->on_close(std::move(callback));
  else
    callback();
}

Responder Responder::to(std::function<void(Response)> answer) {
  return Responder(std::make_shared<CallbackSink>(std::move(answer)));
}

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(sink_, other.sink_);  // ours is answered when `other` goes
  return *this;
}

Responder::~Responder() {
  if (sink_)
    sink_->answer(
        error_response(Error{ErrorCode::Internal, "the request was dropped without an answer"}));
}

void Responder::send(Response response) {
  WARDHIVE_ASSERT(sink_ != nullptr);
  std::exchange(sink_, nullptr)->answer(std::move(response));
}

SseStream Responder::start_sse(Headers headers) {
  WARDHIVE_ASSERT(sink_ != nullptr);
  return SseStream(std::exchange(sink_, nullptr)->start_sse(std::move(headers)));
}

}  // namespace wardhive::net
