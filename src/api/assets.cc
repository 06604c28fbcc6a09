#include "api/assets.h"

#include <array>
#include <cstddef>

#pragma clang diagnostic ignored "-Wc23-extensions"

namespace wardhive {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJs = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

constexpr char kIndexPage[] = {
#embed "../../web/index.html"
};
constexpr char kFaviconDrawing[] = {
#embed "../../web/favicon.svg"
};
constexpr char kStyleSheet[] = {
#embed "../../web/style.css"
};
constexpr char kApiScript[] = {
#embed "../../web/api.js"
};
constexpr char kAppScript[] = {
#embed "../../web/app.js"
};
constexpr char kDecisionsScript[] = {
#embed "../../web/decisions.js"
};
constexpr char kDialogScript[] = {
#embed "../../web/dialog.js"
};
constexpr char kDomScript[] = {
#embed "../../web/dom.js"
};
constexpr char kFormatScript[] = {
#embed "../../web/format.js"
};
constexpr char kIncidentsScript[] = {
#embed "../../web/incidents.js"
};
constexpr char kKeysScript[] = {
#embed "../../web/keys.js"
};
constexpr char kNodesScript[] = {
#embed "../../web/nodes.js"
};
constexpr char kStreamScript[] = {
#embed "../../web/stream.js"
};
constexpr char kViewScript[] = {
#embed "../../web/view.js"
};
constexpr char kWhyScript[] = {
#embed "../../web/why.js"
};

template <std::size_t N>
constexpr std::string_view text(const char (&bytes)[N]) {
  return {bytes, N};
}

// Every file of web/, and no other: tests/e2e/page_test.py compares.
constexpr std::array kAssets{
    Asset{"/", kHtml, text(kIndexPage)},
    Asset{"/favicon.svg", kSvg, text(kFaviconDrawing)},
    Asset{"/style.css", kCss, text(kStyleSheet)},
    Asset{"/api.js", kJs, text(kApiScript)},
    Asset{"/app.js", kJs, text(kAppScript)},
    Asset{"/decisions.js", kJs, text(kDecisionsScript)},
    Asset{"/dialog.js", kJs, text(kDialogScript)},
    Asset{"/dom.js", kJs, text(kDomScript)},
    Asset{"/format.js", kJs, text(kFormatScript)},
    Asset{"/incidents.js", kJs, text(kIncidentsScript)},
    Asset{"/keys.js", kJs, text(kKeysScript)},
    Asset{"/nodes.js", kJs, text(kNodesScript)},
    Asset{"/stream.js", kJs, text(kStreamScript)},
    Asset{"/view.js", kJs, text(kViewScript)},
    Asset{"/why.js", kJs, text(kWhyScript)},
};

}  // namespace

std::span<const Asset> assets() { return kAssets; }

}  // namespace wardhive
