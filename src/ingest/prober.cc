#include "ingest/prober.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr std::size_t kTargetsMax = 512;
constexpr std::size_t kAnswerBytesMax = 4'096;
constexpr Duration kDefineAgain = minutes(1);

struct Place {
  sockaddr_storage address{};
  socklen_t length = 0;
  std::string host, path;
};

std::optional<Place> read_url(std::string_view url) {
  if (!url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(7);
  Place place;
  const auto slash = std::min(url.find('/'), url.size());
  place.host = url.substr(0, slash);
  place.path = slash < url.size() ? std::string(url.substr(slash)) : "/";
  std::string_view host = place.host;
  std::uint16_t port = 80;
  if (const auto colon = host.rfind(':');
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    const auto [end, error] =
        std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
    if (error != std::errc() || end != host.data() + host.size()) return std::nullopt;
    host = host.substr(0, colon);
  }
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!ip || place.path.find_first_of(" \r\n") != std::string::npos) return std::nullopt;
  if (ip->is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(place.address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip->bytes.data() + 12, 4);
    place.length = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(place.address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip->bytes.data(), 16);
    place.length = sizeof v6;
  }
  return place;
}

// Errors that say something about us, not about whom we look at.
bool own_failure(int error) {
  return error == ENETUNREACH || error == ENETDOWN || error == EMFILE || error == ENFILE ||
         error == ENOBUFS || error == ENOMEM || error == EADDRNOTAVAIL || error == EACCES ||
         error == EPERM;
}

}  // namespace

int read_status_line(std::string_view answer) {
  int status = 0;
  if (answer.size() < 12 || !answer.starts_with("HTTP/1.") || answer[8] != ' ') return 0;
  const auto [end, error] = std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return error == std::errc() && end == answer.data() + 12 && status >= 100 ? status : 0;
}

struct Prober::Look {
  ProbeTarget target;
  Place place;
  SeriesDefined success, duration;
  MonoTime defined_at{};  // when the series was last defined; said again each minute, in case the
                          // reader started anew
  MonoTime next{};
  bool under_way = false;
  // While a look is under way:
  Fd socket;  // none: it could not even begin
  MonoTime began{};
  std::string to_send;
  std::string answer;

  void begin(MonoTime now);
  bool step(short events);  // true when it has ended
  bool own = false;         // it ended by a failure of our own
};

void Prober::Look::begin(MonoTime now) {
  under_way = true;
  began = now;
  answer.clear();
  own = false;
  to_send = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: wardhive-probe\r\nConnection: close\r\n\r\n",
      place.path, place.host);
  socket = Fd(::socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket)
    own = true;
  else if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&place.address),
                     place.length) != 0 &&
           errno != EINPROGRESS) {
    own = own_failure(errno);
    socket.reset();
  }
}

bool Prober::Look::step(short events) {
  if (!socket) return true;
  if ((events & POLLOUT) != 0 && !to_send.empty()) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      own = own_failure(error);
      return true;
    }
    const auto sent = ::send(socket.get(), to_send.data(), to_send.size(), MSG_NOSIGNAL);
    if (sent > 0)
      to_send.erase(0, static_cast<std::size_t>(sent));
    else if (errno != EAGAIN)
      return true;
  }
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) {
    char buffer[kAnswerBytesMax];
    const auto count = ::recv(socket.get(), buffer, sizeof buffer, 0);
    if (count > 0) answer.append(buffer, static_cast<std::size_t>(count));
    // The status line is all that is asked for.
    return count == 0 || (count < 0 && errno != EAGAIN) ||
           answer.find("\r\n") != std::string::npos || answer.size() > kAnswerBytesMax;
  }
  return false;
}

Prober::Prober(std::string vantage, std::function<void(SampleBatch)> give)
    : vantage_(std::move(vantage)),
      give_(std::move(give)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Prober::~Prober() { stop(); }

void Prober::set(std::vector<ProbeTarget> targets, Duration interval, Duration timeout) {
  const std::lock_guard lock(mutex_);
  if (targets == targets_ && interval == interval_ && timeout == timeout_) return;
  targets.resize(std::min(targets.size(), kTargetsMax));
  targets_ = std::move(targets);
  interval_ = interval;
  timeout_ = timeout;
  changed_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void Prober::start() {
  thread_ = std::thread([this] { run(); });
}

void Prober::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }
  thread_.join();
}

void Prober::refresh(std::vector<std::unique_ptr<Look>>& looks) {
  std::vector<std::unique_ptr<Look>> kept;
  const auto now = system_clock().mono();
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const auto& target = targets_[i];
    const auto known = std::find_if(looks.begin(), looks.end(), [&](const auto& l) {
      return l != nullptr && l->target == target;
    });
    if (known != looks.end()) {
      kept.push_back(std::move(*known));
      continue;
    }
    auto place = read_url(target.url);
    if (!place || !valid_node_name(target.node)) {
      log::warn(
          "probe_target_left_out",
          {{"node", target.node}, {"url", target.url}, {"expected", "http://IP[:PORT]/path"}});
      continue;
    }
    auto look = std::make_unique<Look>();
    look->target = target;
    look->place = std::move(*place);
    for (auto [series, name] : {std::pair{&look->success, "probe_success"},
                                {&look->duration, "probe_duration_seconds"}}) {
      series->labels =
          *canonical_labels({{"__name__", name}, {"subject", target.node}, {"vantage", vantage_}});
      series->id = series_id(series->labels);
      series->entity = node(vantage_);  // it speaks; the label says of whom
    }
    // Spread over the interval, so that many looks do not arrive as one burst.
    look->next =
        now + interval_ * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(targets_.size());
    kept.push_back(std::move(look));
  }
  looks = std::move(kept);
}

void Prober::run() {
  static auto& unsent = metrics().counter("ingest_probes_unsent_total",
                                          "probes that failed on our own side; no look at anybody");
  std::vector<std::unique_ptr<Look>> looks;
  std::vector<pollfd> polled;
  Duration interval{}, timeout{};
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      if (std::exchange(changed_, false)) refresh(looks);
      interval = interval_;
      timeout = timeout_;
    }
    auto now = system_clock().mono();
    auto wake_at = now + seconds(10);
    polled.assign(1, {wake_.get(), POLLIN, 0});
    for (const auto& look : looks) {
      if (!look->under_way && look->next <= now) {
        // Missed rounds are not made up for: a burst of looks tells nothing more.
        look->next = std::max(look->next + interval, now);
        look->begin(now);
      }
      wake_at = std::min(wake_at, !look->under_way ? look->next
                                  : look->socket   ? look->began + timeout
                                                   : now);
      polled.push_back({look->socket.get(),
                        static_cast<short>(look->to_send.empty() ? POLLIN : POLLIN | POLLOUT), 0});
    }
    const auto wait = std::max<std::int64_t>(0, (wake_at - now).count() / 1'000'000 + 1);
    if (::poll(polled.data(), polled.size(), static_cast<int>(wait)) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto read = ::read(wake_.get(), &count, sizeof count);
    }
    now = system_clock().mono();
    SampleBatch batch;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      auto& look = *looks[i];
      if (!look.under_way || (!look.step(polled[i + 1].revents) && now - look.began < timeout))
        continue;
      look.under_way = false;
      look.socket.reset();
      if (look.own) {
        unsent.add();
        continue;
      }
      const int status = read_status_line(look.answer);
      const auto at = system_clock().wall();
      if (look.defined_at == MonoTime{} || now - look.defined_at > kDefineAgain) {
        look.defined_at = now;
        batch.defined.insert(batch.defined.end(), {look.success, look.duration});
      }
      batch.samples.push_back({look.success.id, at, status >= 200 && status < 300 ? 1.0 : 0.0});
      if (status != 0)
        batch.samples.push_back({look.duration.id, at, to_seconds(now - look.began)});
    }
    if (!batch.samples.empty()) give_(std::move(batch));
  }
}

}  // namespace wardhive
