// What libcurl's callers share: handles that free themselves, its errors in our words.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace wardhive::net::detail {

void init_curl_once();  // any thread, any number of times

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// Why a transfer with `where` ended. `detail` is its CURLOPT_ERRORBUFFER.
Error curl_error(CURL* easy, CURLcode code, const std::string& where, const char* detail,
                 Duration timeout);

long to_ms(Duration duration);  // rounded up

}  // namespace wardhive::net::detail
