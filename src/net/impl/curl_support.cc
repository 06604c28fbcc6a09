#include "net/impl/curl_support.h"

#include <fmt/format.h>

#include <cctype>
#include <system_error>

#include "base/check.h"

namespace wardhive::net::detail {

void init_curl_once() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  WARDHIVE_ASSERT(ready);
}

Error curl_error(CURL* easy, CURLcode code, const std::string& where, const char* detail,
                 Duration timeout) {
  long os_error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
  std::string cause = os_error != 0 ? std::generic_category().message(static_cast<int>(os_error))
                      : *detail != '\0' ? std::string(detail)
                                        : std::string(curl_easy_strerror(code));
  cause[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(cause[0])));
  double connected = 0;
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME, &connected);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorCode::Unavailable, fmt::format("could not resolve {}: {}", where, detail)};
    case CURLE_COULDNT_CONNECT:
      return {ErrorCode::Unavailable, fmt::format("could not connect to {}: {}", where, cause)};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::Timeout,
              fmt::format("{} {} within {}",
                          connected > 0 ? "no complete answer from" : "could not connect to", where,
                          format_duration(timeout))};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return {ErrorCode::PermissionDenied,
              fmt::format("the certificate of {} is not trusted: {}", where, detail)};
    default:
      return {ErrorCode::Unavailable, fmt::format("request to {} failed: {}", where, cause)};
  }
}

long to_ms(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

}  // namespace wardhive::net::detail
