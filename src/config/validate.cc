#include "config/impl/validate.h"

#include <cmath>
#include <map>
#include <set>

#include "base/address.h"
#include "base/limits.h"
#include "config/config.h"
#include "config/impl/text.h"
#include "model/entity.h"

namespace wardhive::config {
namespace {

class Bounds {
 public:
  Bounds(std::string path, std::vector<Violation>& out) : path_(std::move(path)), out_(out) {}

  template <class T>
  void value(std::string_view key, T& field, std::type_identity_t<T> low,
             std::type_identity_t<T> high, std::string_view) {
    if (field >= low && field <= high) return;  // NaN is outside
    out_.push_back(
        {at(key), "",
         fmt::format("is {}; it must be {}", plain_text(field), range_text<T>(low, high))});
  }
  template <class T>
  void value(std::string_view, T&, std::string_view) {}
  template <class F>
  void section(std::string_view key, std::string_view, F&& body) {
    Bounds inner(at(key), out_);
    body(inner);
  }
  template <class T>
  void list(std::string_view key, std::vector<T>& items, std::string_view) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      Bounds inner(fmt::format("{}[{}]", at(key), i), out_);
      describe(inner, items[i]);
    }
  }
  template <class T>
  void table(std::string_view key, std::map<std::string, T>& items, std::string_view) {
    for (auto& [name, item] : items) {
      Bounds inner(at(key) + "." + key_text(name), out_);
      describe(inner, item);
    }
  }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

  std::string path_;
  std::vector<Violation>& out_;
};

enum class Door { Loopback, Beyond, Bad, Https };

// The forms that net::ListenAddress takes.
Door door(std::string_view text) {
  if (text.starts_with("https:")) return Door::Https;
  if (text.starts_with("unix:/")) return Door::Loopback;
  if (text.starts_with("fd:"))
    return text.size() > 3 ? Door::Loopback : Door::Bad;  // its opener chose the address
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return Door::Bad;
  std::uint32_t port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return Door::Bad;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
    if (port > 65'535) return Door::Bad;
  }
  auto host = text.substr(0, colon);
  if (host == "localhost") return Door::Loopback;
  if (host.starts_with('[') != host.ends_with(']')) return Door::Bad;
  const bool bracketed = host.starts_with('[');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!ip || ip->is_v4() == bracketed) return Door::Bad;
  return ip->is_loopback() ? Door::Loopback : Door::Beyond;
}

class Cross {
 public:
  explicit Cross(const Settings& settings) : s_(settings) {}

  std::vector<Violation> run() {
    if (s_.profile != "default" && s_.profile != "demo")
      add("profile",
          fmt::format("is {}; it must be \"default\" or \"demo\"", toml_string(s_.profile)));
    doors();
    order();
    scores();
    lists();
    urls();
    chain();
    nodes();
    return std::move(out_);
  }

 private:
  void add(std::string key, std::string says, std::string other = "") {
    out_.push_back({std::move(key), std::move(other), std::move(says)});
  }
  template <class T>
  void at_most(std::string key, const T& low, std::string other, const T& high) {
    if (low <= high) return;
    auto says = fmt::format("is {}; it must be at most {}, which is {}", plain_text(low), other,
                            plain_text(high));
    add(std::move(key), std::move(says), std::move(other));
  }

  void doors() {
    const auto check = [&](std::string key, const std::string& text) {
      switch (door(text)) {
        case Door::Loopback:
          return;
        case Door::Beyond:
          if (!s_.server.allow_plain_http)
            add(std::move(key),
                fmt::format(
                    "is {}, a door without TLS that others can reach; listen on 127.0.0.1, or set "
                    "server.allow_plain_http = true if the way there is safe",
                    toml_string(text)),
                "server.allow_plain_http");
          return;
        case Door::Https:
          return add(
              std::move(key),
              fmt::format(
                  "is {}; this build has no TLS: listen on loopback and put a TLS proxy before it",
                  toml_string(text)));
        case Door::Bad:
          return add(
              std::move(key),
              fmt::format(
                  "is {}; it must be ADDRESS:PORT, e.g. \"127.0.0.1:8700\" or \"[::1]:8700\", "
                  "or unix:/PATH",
                  toml_string(text)));
      }
    };
    check("server.listen", s_.server.listen);
    for (const auto& name : s_.server.operators)
      if (!valid_node_name(name) || name == "operator")
        add("server.operators",
            fmt::format("holds {}; a person's name is 1 to 63 letters, digits, dots, dashes and "
                        "underscores, and not \"operator\"",
                        toml_string(name)));
    auto persons = s_.server.operators;
    std::sort(persons.begin(), persons.end());
    if (const auto twice = std::adjacent_find(persons.begin(), persons.end());
        twice != persons.end())
      add("server.operators",
          fmt::format("holds {} twice; one person is one", toml_string(*twice)));
    if (!s_.server.agent_listen.empty()) check("server.agent_listen", s_.server.agent_listen);
  }

  void order() {
    const auto& m = s_.monitor;
    at_most("monitor.silence_suspect", m.silence_suspect, "monitor.silence_dead", m.silence_dead);
    at_most("monitor.auth_burst_window", m.auth_burst_window, "monitor.auth_slow_window",
            m.auth_slow_window);
    at_most("monitor.auth_burst_failures", m.auth_burst_failures, "monitor.auth_slow_failures",
            m.auth_slow_failures);
    for (std::size_t i = 0; i < s_.thresholds.size(); ++i) {
      const auto key = fmt::format("monitor.threshold[{}]", i);
      if (s_.thresholds[i].metric.empty())
        add(key + ".metric", "is missing; name the series to watch", key);
      at_most(key + ".clear_below", s_.thresholds[i].clear_below, key + ".above",
              s_.thresholds[i].above);
    }
    const auto& r = s_.respond.rails;
    at_most("respond.rails.vantages_agree", r.vantages_agree, "respond.rails.vantages_min",
            r.vantages_min);
    at_most("respond.rails.drain_node_score", r.drain_node_score,
            "respond.rails.isolate_node_score", r.isolate_node_score);
    at_most("respond.rails.expiry_min", r.expiry_min, "respond.rails.expiry_max", r.expiry_max);
    at_most("ingest.scrape_timeout", s_.ingest.scrape_timeout, "ingest.scrape_interval",
            s_.ingest.scrape_interval);
  }

  // An action that starts at or under the score where effects may end would flap.
  void scores() {
    const auto& r = s_.respond.rails;
    const auto release = s_.risk.release_threshold;
    const auto under = [&](std::string key, std::uint32_t score) {
      if (release >= score)
        add(std::move(key),
            fmt::format("is {}; it must be above risk.release_threshold, which is {}", score,
                        release),
            "risk.release_threshold");
    };
    under("respond.rails.ban_address_score", r.ban_address_score);
    under("respond.rails.drain_node_score", r.drain_node_score);
    under("respond.rails.isolate_node_score", r.isolate_node_score);
    const auto innocent = [&](std::string key, std::int32_t base) {
      const auto value = std::lround(100 / (1 + std::exp(-base / 1'000.0)));
      if (value < release) return;
      add(std::move(key),
          fmt::format("is {}, a score of {} without any evidence; it must be under "
                      "risk.release_threshold, which is {}",
                      base, value, release),
          "risk.release_threshold");
    };
    innocent("risk.base_address_milli", s_.risk.base_address_milli);
    innocent("risk.base_node_milli", s_.risk.base_node_milli);
  }

  void lists() {
    for (const auto& text : s_.guard.never_touch)
      if (const auto prefix = IpPrefix::parse(text); !prefix)
        add("guard.never_touch",
            fmt::format("holds {}: {}", toml_string(text), prefix.error().message));
    for (const auto& text : s_.guard.allow_list) {
      // What looks like an address must be one: 10.0.0.300 would also do as a node's name.
      const bool numeric = text.find_first_not_of("0123456789.") == std::string::npos;
      if (!numeric && valid_node_name(text)) continue;
      if (const auto prefix = IpPrefix::parse(text); !prefix)
        add("guard.allow_list",
            fmt::format("holds {}, which is neither a prefix nor a node's name: {}",
                        toml_string(text), prefix.error().message));
    }
  }

  void urls() {
    for (std::size_t i = 0; i < s_.ingest.scrape.size(); ++i) {
      const auto key = fmt::format("ingest.scrape[{}]", i);
      const auto& target = s_.ingest.scrape[i];
      if (!target.url.starts_with("http://") && !target.url.starts_with("https://"))
        add(key + ".url",
            fmt::format("is {}; it must be a URL, e.g. \"http://127.0.0.1:9100/metrics\"",
                        toml_string(target.url)),
            key);
      if (!target.node.empty() && !valid_node_name(target.node))
        bad_name(key + ".node", target.node);
    }
  }

  void chain() {
    const auto& c = s_.chain;
    for (const auto& url : c.endpoints)
      if (!url.starts_with("http://") && !url.starts_with("https://"))
        add("chain.endpoints", fmt::format("holds {}, which is no URL, e.g. "
                                           "\"http://127.0.0.1:8899\"",
                                           toml_string(url)));
    if (c.endpoints.size() > 16)
      add("chain.endpoints",
          fmt::format("holds {} endpoints; at most 16 are asked", c.endpoints.size()));
    for (std::size_t i = 0; i < c.endpoints.size(); ++i)
      if (std::count(c.endpoints.begin(), c.endpoints.begin() + static_cast<std::ptrdiff_t>(i),
                     c.endpoints[i]) == 1)
        add("chain.endpoints",
            fmt::format("holds {} twice; two endpoints that agree must be two", c.endpoints[i]));
    const auto account = [&](std::string key, std::string_view text) {
      if (!valid_account_name(text))
        add(std::move(key),
            fmt::format("holds {}; an address is 32 to 44 digits of base58", toml_string(text)));
    };
    if (!c.program.empty()) account("chain.program", c.program);
    if (!c.genesis.empty()) account("chain.genesis", c.genesis);
    for (const auto& text : c.watch) account("chain.watch", text);
    for (const auto& text : c.signers) account("chain.signers", text);
    if (c.watch.size() > 1'000)
      add("chain.watch", fmt::format("holds {} accounts; at most 1000 are", c.watch.size()));
    if (c.signers.size() > 100)
      add("chain.signers", fmt::format("holds {} keys; at most 100 are", c.signers.size()));
    if (c.sentinel_keys.size() > 11)
      add("chain.sentinel_keys",
          fmt::format("holds {} files; a set has at most 11 keys", c.sentinel_keys.size()));
    const bool signs = !c.sentinel_keys.empty() || !c.signer.empty();
    if (signs && c.program.empty())
      add("chain.program", "is empty; what is signed is for this program");
    if (!c.signer.empty() && !c.sentinel_keys.empty())
      add("chain.signer", "is set, and so are key files; the keys are at the signer or here");
    if (!c.anchor_program.empty()) account("chain.anchor_program", c.anchor_program);
    if (c.anchor_program.empty() != c.anchor_key.empty())
      add(c.anchor_key.empty() ? "chain.anchor_key" : "chain.anchor_program",
          "is empty; checkpoints of the audit need both anchor_program and anchor_key");
    if (!c.anchor_program.empty() && c.endpoints.empty())
      add("chain.endpoints", "is empty, so the audit is anchored nowhere; name an RPC URL");
    if (c.sentinel_keys.empty() && c.anchor_key.empty() && !c.payer_key.empty())
      add("chain.sentinel_keys", "is empty, so payer_key pays for nothing");
    if (c.endpoints.empty() && (!c.program.empty() || !c.watch.empty() || !c.signers.empty()))
      add("chain.endpoints", "is empty, so nothing of [chain] is watched; name an RPC URL");
  }

  void bad_name(std::string key, std::string_view name) {
    add(std::move(key),
        fmt::format("is {}; a node's name is 1 to 63 of A-Z a-z 0-9 . _ -", toml_string(name)));
  }

  void nodes() {
    std::map<IpAddress, std::string> owners;
    std::map<std::string, std::string> identities;
    const auto claim = [&](auto& taken, const auto& what, const std::string& text,
                           const std::string& key, const std::string& name) {
      const auto [entry, fresh] = taken.emplace(what, name);
      if (!fresh && entry->second != name)
        add(key, fmt::format("holds {}, which nodes.{} has too", toml_string(text), entry->second));
    };
    for (const auto& [name, node] : s_.nodes) {
      const auto key = "nodes." + key_text(name);
      if (!valid_node_name(name))
        add(key, "is no name for a node; it must be 1 to 63 of A-Z a-z 0-9 . _ -");
      for (const auto& text : node.addresses) {
        if (const auto ip = IpAddress::parse(text))
          claim(owners, *ip, text, key + ".addresses", name);
        else
          add(key + ".addresses",
              fmt::format("holds {}: {}", toml_string(text), ip.error().message));
      }
      for (const auto& text : node.identities)
        claim(identities, text, text, key + ".identities", name);
      if (!node.probe_url.empty() && !node.probe_url.starts_with("http://"))
        add(key + ".probe_url",
            fmt::format("is {}; it must be http://ADDRESS:PORT/PATH", toml_string(node.probe_url)));
      known(key + ".backends", node.backends);
      known(key + ".probers", node.probers);
      if (!node.account.empty() && !valid_account_name(node.account))
        add(key + ".account", fmt::format("is {}; an address is 32 to 44 digits of base58",
                                          toml_string(node.account)));
    }
  }
  void known(const std::string& key, const std::vector<std::string>& names) {
    for (const auto& name : names)
      if (!s_.nodes.contains(name))
        add(key,
            fmt::format("holds {}; there is no [nodes.{}]", toml_string(name), key_text(name)));
  }

  const Settings& s_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> bound_violations(const Settings& settings) {
  std::vector<Violation> out;
  auto copy = settings;  // `describe` hands out references to write through
  Bounds bounds("", out);
  describe(bounds, copy);
  return out;
}

std::vector<Violation> cross_violations(const Settings& settings) { return Cross(settings).run(); }

}  // namespace wardhive::config

namespace wardhive {

Status validate_settings(const Settings& settings) {
  std::string says;
  for (const auto& found : {config::bound_violations(settings), config::cross_violations(settings)})
    for (const auto& violation : found)
      says += (says.empty() ? "" : "\n") + violation.key + " " + violation.says;
  return says.empty() ? ok() : fail(ErrorCode::InvalidInput, std::move(says));
}

}  // namespace wardhive
