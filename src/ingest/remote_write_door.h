// The receiver of Prometheus remote-write: POST /api/v1/write with the remote-write token.
#pragma once

#include "config/settings.h"
#include "engine/inbox.h"
#include "guard/door.h"
#include "net/router.h"

namespace wardhive {

// 204 once the samples are in the log; 400, 413, 415, 429 (with Retry-After) with the reason.
// `inbox` and `door` outlive the router's server.
void add_remote_write_route(net::Router& router, Inbox& inbox, Door& door,
                            const Settings& settings);

// What ingest.identity_label's values mean: from [nodes.NAME] identities, addresses and the name.
std::map<std::string, std::string> identities_of(const Settings& settings);

}  // namespace wardhive
