#include "api/assets.h"

#include <array>

#include "base/embed.h"

namespace wardhive {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJs = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

WARDHIVE_EMBED(index_html, "web/index.html")
WARDHIVE_EMBED(favicon_svg, "web/favicon.svg")
WARDHIVE_EMBED(style_css, "web/style.css")
WARDHIVE_EMBED(api_js, "web/api.js")
WARDHIVE_EMBED(app_js, "web/app.js")
WARDHIVE_EMBED(decisions_js, "web/decisions.js")
WARDHIVE_EMBED(dialog_js, "web/dialog.js")
WARDHIVE_EMBED(dom_js, "web/dom.js")
WARDHIVE_EMBED(format_js, "web/format.js")
WARDHIVE_EMBED(incidents_js, "web/incidents.js")
WARDHIVE_EMBED(keys_js, "web/keys.js")
WARDHIVE_EMBED(nodes_js, "web/nodes.js")
WARDHIVE_EMBED(proposals_js, "web/proposals.js")
WARDHIVE_EMBED(stream_js, "web/stream.js")
WARDHIVE_EMBED(view_js, "web/view.js")
WARDHIVE_EMBED(why_js, "web/why.js")

}  // namespace

// Every file of web/, and no other: tests/e2e/page_test.py compares.
std::span<const Asset> assets() {
  static const std::array kAssets{
      Asset{"/", kHtml, index_html()},
      Asset{"/favicon.svg", kSvg, favicon_svg()},
      Asset{"/style.css", kCss, style_css()},
      Asset{"/api.js", kJs, api_js()},
      Asset{"/app.js", kJs, app_js()},
      Asset{"/decisions.js", kJs, decisions_js()},
      Asset{"/dialog.js", kJs, dialog_js()},
      Asset{"/dom.js", kJs, dom_js()},
      Asset{"/format.js", kJs, format_js()},
      Asset{"/incidents.js", kJs, incidents_js()},
      Asset{"/keys.js", kJs, keys_js()},
      Asset{"/nodes.js", kJs, nodes_js()},
      Asset{"/proposals.js", kJs, proposals_js()},
      Asset{"/stream.js", kJs, stream_js()},
      Asset{"/view.js", kJs, view_js()},
      Asset{"/why.js", kJs, why_js()},
  };
  return kAssets;
}

}  // namespace wardhive
