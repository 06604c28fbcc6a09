#include "net/impl/transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "net/impl/curl_support.h"
#include "net/impl/response_head.h"
#include "net/url.h"

namespace wardhive::net::detail {
namespace {

constexpr int kPollMsMax = 1'000;
constexpr std::size_t kAnswerHeadBytesMax = 64 * 1024;

// What the callbacks of one perform() share.
struct Running {
  const TransferEvents& events;
  CURL* easy;
  int status = 0;
  Headers headers = {};
  std::size_t head_bytes = 0;
  bool head_told = false;
  std::optional<Error> error = std::nullopt;
  MonoTime heard_at = system_clock().mono();

  // True to go on.
  bool keep(Status outcome) {
    if (!outcome) error = std::move(outcome).error();
    return outcome.has_value();
  }
  bool tell_head() {
    if (std::exchange(head_told, true) || !events.on_head) return true;
    return keep(events.on_head(status, headers));
  }
};

std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* context) {
  auto& running = *static_cast<Running*>(context);
  running.heard_at = system_clock().mono();
  std::string_view line(data, bytes);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  running.head_bytes += bytes;
  if (running.head_bytes > kAnswerHeadBytesMax)
    return running.keep(fail(ErrorCode::LimitReached, "the answer's head is too large")) ? bytes
                                                                                         : 0;
  if (line.starts_with("HTTP/")) {  // a 100 Continue may stand before the answer
    running.headers = {};
    return bytes;
  }
  if (line.empty()) {
    long status = 0;
    curl_easy_getinfo(running.easy, CURLINFO_RESPONSE_CODE, &status);
    running.status = static_cast<int>(status);
    if (running.status < 200) return bytes;
    return running.tell_head() ? bytes : 0;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || running.head_told) return bytes;
  auto value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  running.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return bytes;
}

std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* context) {
  auto& running = *static_cast<Running*>(context);
  running.heard_at = system_clock().mono();
  if (!running.tell_head()) return 0;
  if (!running.events.on_body) return bytes;
  return running.keep(running.events.on_body({data, bytes})) ? bytes : 0;
}

Result<HeaderList> header_list(const Headers& headers) {
  HeaderList list;
  const auto append = [&](const std::string& line) {
    if (auto* longer = curl_slist_append(list.get(), line.c_str())) {
      (void)list.release();
      list.reset(longer);
    }
  };
  if (!response_head({.headers = headers}, {}))
    return fail(ErrorCode::InvalidInput,
                "a request header's name or value holds a byte that could forge another header");
  // An empty value needs ";" in curl's lists, or the line would be left out.
  for (const auto& [name, value] : headers.lines())
    append(value.empty() ? name + ";" : name + ": " + value);
  if (!headers.contains("Content-Type"))
    append("Content-Type:");  // else curl claims that it is a form
  append("Expect:");          // no second of waiting for "100 Continue"
  return list;
}

}  // namespace

struct Transfer::State {
  ClientConfig config;
  std::unique_ptr<CURLM, FreeMulti> multi;
  std::unique_ptr<CURL, FreeEasy> easy;  // destroyed first
  std::atomic<bool> interrupted{false};
  char detail[CURL_ERROR_SIZE] = {};

  void set_up(const ClientRequest& request, const Url& url, curl_slist* headers, Running& running,
              Duration connect_timeout);
  CURLcode drive(Running& running);
  void detach();
  Status outcome(Running& running, CURLcode code, const std::string& where, Duration timeout);
  Status wait(short what, MonoTime until);

  bool attached = false;  // to the multi handle: a connection that connect() made dies with that
};

Transfer::Transfer(ClientConfig config) : state_(std::make_unique<State>()) {
  init_curl_once();
  state_->config = std::move(config);
  state_->multi.reset(curl_multi_init());
  state_->easy.reset(curl_easy_init());
  WARDHIVE_ASSERT(state_->multi != nullptr && state_->easy != nullptr);
}

Transfer::~Transfer() = default;

void Transfer::interrupt() {
  state_->interrupted = true;
  curl_multi_wakeup(state_->multi.get());
}

Status Transfer::perform(const ClientRequest& request, const TransferEvents& events,
                         Duration connect_timeout) {
  WARDHIVE_ASSIGN(const auto url, Url::parse(request.url));
  WARDHIVE_ASSIGN(const auto headers, header_list(request.headers));
  const auto where = request.unix_path.empty() ? url.authority() : request.unix_path;
  Running running{.events = events, .easy = state_->easy.get()};
  state_->set_up(request, url, headers.get(), running, connect_timeout);
  const auto code = state_->drive(running);
  state_->detach();
  return state_->outcome(running, code, where,
                         request.timeout > Duration::zero() ? request.timeout : connect_timeout);
}

Status Transfer::connect(const std::string& text, Duration timeout) {
  WARDHIVE_ASSIGN(const auto url, Url::parse(text));
  const TransferEvents nothing;
  Running running{.events = nothing, .easy = state_->easy.get()};
  state_->set_up({.url = text}, url, nullptr, running, timeout);
  curl_easy_setopt(state_->easy.get(), CURLOPT_TIMEOUT_MS, to_ms(timeout));
  curl_easy_setopt(state_->easy.get(), CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(state_->easy.get(), CURLOPT_HTTPPROXYTUNNEL, 1L);  // if there is a proxy
  const auto code = state_->drive(running);
  const auto outcome = state_->outcome(running, code, url.authority(), timeout);
  if (!outcome) state_->detach();
  return outcome;
}

void Transfer::close() { state_->detach(); }

Result<std::size_t> Transfer::read_some(std::span<char> into, Duration timeout) {
  for (const auto until = system_clock().mono() + timeout;;) {
    // Who sends without a pause is never waited for.
    if (state_->interrupted) return fail(ErrorCode::Unavailable, "cancelled");
    std::size_t got = 0;
    const auto code = curl_easy_recv(state_->easy.get(), into.data(), into.size(), &got);
    if (code == CURLE_OK) return got;
    if (code != CURLE_AGAIN) return fail(ErrorCode::Unavailable, curl_easy_strerror(code));
    WARDHIVE_TRY(state_->wait(CURL_WAIT_POLLIN, until));
  }
}

Status Transfer::write_all(std::string_view bytes, Duration timeout) {
  for (const auto until = system_clock().mono() + timeout; !bytes.empty();) {
    if (state_->interrupted) return fail(ErrorCode::Unavailable, "cancelled");
    std::size_t sent = 0;
    const auto code = curl_easy_send(state_->easy.get(), bytes.data(), bytes.size(), &sent);
    if (code != CURLE_OK && code != CURLE_AGAIN)
      return fail(ErrorCode::Unavailable, curl_easy_strerror(code));
    bytes.remove_prefix(sent);
    if (code == CURLE_AGAIN) WARDHIVE_TRY(state_->wait(CURL_WAIT_POLLOUT, until));
  }
  return ok();
}

// For the socket of connect() to be readable or writable.
Status Transfer::State::wait(short what, MonoTime until) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) return fail(ErrorCode::Unavailable, "not connected");
  curl_waitfd ready{.fd = socket, .events = what, .revents = 0};
  while (ready.revents == 0) {
    if (interrupted) return fail(ErrorCode::Unavailable, "cancelled");
    const auto left = until - system_clock().mono();
    if (left <= Duration::zero()) return fail(ErrorCode::Timeout, "nothing came in time");
    curl_multi_poll(multi.get(), &ready, 1,
                    static_cast<int>(std::min<long>(kPollMsMax, to_ms(left))), nullptr);
  }
  return interrupted ? fail(ErrorCode::Unavailable, "cancelled") : ok();
}

Status Transfer::State::outcome(Running& running, CURLcode code, const std::string& where,
                                Duration timeout) {
  if (running.error) {
    running.error->message = fmt::format("{}: {}", where, running.error->message);
    return std::unexpected(std::move(*running.error));
  }
  if (code == CURLE_OK) return ok();
  return std::unexpected(curl_error(easy.get(), code, where, detail, timeout));
}

void Transfer::State::detach() {
  if (std::exchange(attached, false)) curl_multi_remove_handle(multi.get(), easy.get());
}

void Transfer::State::set_up(const ClientRequest& request, const Url& url, curl_slist* headers,
                             Running& running, Duration connect_timeout) {
  CURL* e = easy.get();
  detach();
  curl_easy_reset(e);  // options only: connections stay
  detail[0] = '\0';
  curl_easy_setopt(e, CURLOPT_URL, url.text().c_str());
  curl_easy_setopt(e, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
  // Without it, who gives up while a name is resolved waits for a resolver that may be dead.
  curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(e, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, to_ms(request.timeout));
  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, to_ms(connect_timeout));
  curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS,
                   1L);  // a proxy's own answer is not the answer
  if (!config.proxy_from_environment) curl_easy_setopt(e, CURLOPT_PROXY, "");
  if (!config.ca_file.empty()) curl_easy_setopt(e, CURLOPT_CAINFO, config.ca_file.c_str());
  if (!request.unix_path.empty())
    curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, request.unix_path.c_str());

  if (request.method == Method::Head)
    curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
  else if (request.method != Method::Get || !request.body.empty()) {
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, std::string(name_of(request.method)).c_str());
  }
  curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(e, CURLOPT_HEADERDATA, &running);
  curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(e, CURLOPT_WRITEDATA, &running);
}

CURLcode Transfer::State::drive(Running& running) {
  CURLcode outcome = CURLE_OK;
  const auto idle_timeout = running.events.idle_timeout;
  curl_multi_add_handle(multi.get(), easy.get());
  attached = true;
  for (int active = 1; active > 0;) {
    if (interrupted) {
      running.error = Error{ErrorCode::Unavailable, "cancelled"};
      break;
    }
    if (curl_multi_perform(multi.get(), &active) != CURLM_OK) {
      outcome = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left))
      if (message->msg == CURLMSG_DONE) outcome = message->data.result;
    if (active == 0) break;
    int wait_ms = kPollMsMax;
    if (idle_timeout > Duration::zero()) {
      const auto rest = running.heard_at + idle_timeout - system_clock().mono();
      if (rest <= Duration::zero()) {
        running.error = Error{ErrorCode::Timeout, fmt::format("nothing was heard for {}",
                                                              format_duration(idle_timeout))};
        break;
      }
      wait_ms = static_cast<int>(std::min<long>(wait_ms, to_ms(rest)));
    }
    curl_multi_poll(multi.get(), nullptr, 0, wait_ms, nullptr);
  }
  return outcome;
}

}  // namespace wardhive::net::detail
