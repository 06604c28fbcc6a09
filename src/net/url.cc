#include "net/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>

namespace wardhive::net {
namespace {

// "" if that part is absent.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

std::string Url::authority() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::string Url::text() const {
  return fmt::format("{}://{}{}{}{}", scheme, authority(), path, query.empty() ? "" : "?", query);
}

Result<Url> Url::parse(std::string_view text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle(curl_url(), curl_url_cleanup);
  const std::string copy(text);
  if (!handle || copy.find('\0') != std::string::npos ||
      curl_url_set(handle.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
          CURLUE_OK)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is not a URL; expected http://HOST:PORT/PATH", copy));
  Url url;
  url.scheme = part_of(handle.get(), CURLUPART_SCHEME);
  if (url.scheme != "http" && url.scheme != "https")
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" has the scheme \"{}\"; only http and https are spoken", copy,
                            url.scheme));
  if (!part_of(handle.get(), CURLUPART_USER).empty() ||
      !part_of(handle.get(), CURLUPART_PASSWORD).empty())
    return fail(ErrorCode::InvalidInput,
                "the URL holds a user or password, which would end up in logs; "
                "send an Authorization header instead");
  url.host = part_of(handle.get(), CURLUPART_HOST);
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  const auto port = part_of(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (url.port == 0)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" has the port \"{}\"; it must be 1 to 65535", copy, port));
  url.path = part_of(handle.get(), CURLUPART_PATH);
  url.query = part_of(handle.get(), CURLUPART_QUERY);
  return url;
}

}  // namespace wardhive::net
