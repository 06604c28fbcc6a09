// Asks other HTTP servers: bounded in time and size, follows no redirect, reuses connections.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "net/http.h"

namespace wardhive::net {

struct ClientRequest {
  Method method = Method::Get;
  std::string url = {};  // http:// or https:// only
  Headers headers = {};
  std::string body = {};
  Duration timeout = seconds(10);  // all of it: resolve, connect, send, receive
  std::size_t body_bytes_max = limits::kHttpBodyBytesMax;  // of the answer
  std::string unix_path = {};  // connect to this socket; the URL still gives Host and path
};

struct ClientConfig {
  std::string ca_file = {};             // "" trusts the system's authorities
  bool proxy_from_environment = false;  // http_proxy and friends
};

// Any thread; concurrent requests use separate connections.
class HttpClient {
 public:
  explicit HttpClient(ClientConfig config = {});
  ~HttpClient();  // cancel(); no request() may be running any more
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Blocks until the answer is complete; any status is a Response. Errors name host and cause:
  // Unavailable (resolve, connect, broken off, cancelled), Timeout, LimitReached (answer too
  // large), InvalidInput (URL, header with a line break), PermissionDenied (certificate).
  Result<Response> request(const ClientRequest& request);
  Result<Response> get(std::string url);

  // Ends running requests and refuses later ones (Unavailable): for shutdown.
  void cancel();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::net
