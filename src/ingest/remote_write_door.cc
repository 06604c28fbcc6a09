#include "ingest/remote_write_door.h"

#include <memory>
#include <mutex>

#include "base/limits.h"
#include "base/metrics.h"
#include "ingest/remote_write.h"

namespace wardhive {
namespace {

struct Receiver {
  explicit Receiver(const Settings& settings)
      : decoder(settings.ingest.identity_label, identities_of(settings)) {}
  void forget_series() {
    const std::lock_guard lock(mutex);
    decoder.forget_series();
  }
  std::mutex mutex;
  RemoteWriteDecoder decoder;  // guarded by mutex
};

net::Response refusal(const Error& error) {
  int status = facts(error.code).http_status;
  if (error.code == ErrorCode::LimitReached) status = 413;
  if (error.code == ErrorCode::Unsupported) status = 415;
  return net::error_response(status, facts(error.code).name, error.message);
}

// Senders try again what is 429 or 5xx, and drop what is another 4xx.
net::Response later(std::string_view why) {
  auto response = net::error_response(429, facts(ErrorCode::LimitReached).name, why);
  response.headers.add("Retry-After", "1");
  return response;
}

}  // namespace

std::map<std::string, std::string> identities_of(const Settings& settings) {
  std::map<std::string, std::string> identities;
  for (const auto& [name, node] : settings.nodes) {
    identities[name] = name;
    for (const auto& address : node.addresses) identities[address] = name;
    for (const auto& identity : node.identities) identities[identity] = name;
  }
  return identities;
}

void add_remote_write_route(net::Router& router, Inbox& inbox, Door& door,
                            const Settings& settings) {
  const auto receiver = std::make_shared<Receiver>(settings);
  net::Route route;
  route.name = "remote_write";
  route.method = net::Method::Post;
  route.pattern = "/api/v1/write";
  route.access = "writer";
  route.body_bytes_max = limits::kRemoteWriteBytesMax;
  route.blocking = true;  // unpacking some MB takes milliseconds
  router.add(route, net::Handler([receiver, &inbox, &door](const net::Request& request,
                                                           net::Responder responder) {
               static auto& taken_total = metrics().counter(
                   "ingest_samples_total", "samples taken in", R"(source="remote_write")");
               static auto& refused =
                   metrics().counter("ingest_requests_refused_total", "requests of senders refused",
                                     R"(source="remote_write")");
               const auto decode = [&] {
                 const std::lock_guard lock(receiver->mutex);
                 return receiver->decoder.decode(
                     request.body, request.headers.get("content-type").value_or(""),
                     request.headers.get("content-encoding").value_or(""));
               };
               auto batch = decode();
               if (!batch) {
                 refused.add();
                 return responder.send(refusal(batch.error()));
               }
               const auto count = batch->samples.size();
               if (!door.admit_samples(request.peer.text(), count)) {
                 refused.add();
                 receiver->forget_series();
                 return responder.send(later("more samples than guard.samples_per_second allows"));
               }
               const auto pending = std::make_shared<net::Responder>(std::move(responder));
               Submission submission;
               submission.samples.push_back(std::move(*batch));
               submission.done = [receiver, pending, count](Result<std::uint64_t> stored) {
                 if (!stored) {
                   receiver->forget_series();
                   return pending->send(later(stored.error().message));
                 }
                 taken_total.add(count);
                 pending->send({.status = 204, .headers = {}, .body = {}});
               };
               if (const auto taken = inbox.submit(std::move(submission)); !taken) {
                 refused.add();
                 receiver->forget_series();
                 pending->send(later(taken.error().message));
               }
             }));
}

}  // namespace wardhive
