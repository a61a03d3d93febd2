// What to do with a request. Pure: no cache, no network, no clock.

// Never answered from the store: staff, interfaces, and what the store itself is made from.
const PASS_THROUGH = /^\/(equipe|api|schema|b|bundle|metrics|healthz|readyz|effacer)(\/|$)|^\/(edition\.json|sw\.js)$/;

/**
 * @param request {method, url: URL, page: boolean} page: a document is wanted, by a link or by htmx
 * @param files addresses of the stored edition, and assets of the one before it
 * @returns {kind: "network"} | {kind: "shell" | "stored", path} | {kind: "page"}
 */
function decide(request, origin, files) {
  const { method, url, page } = request;
  if (method !== "GET" || url.origin !== origin || PASS_THROUGH.test(url.pathname)) return { kind: "network" };
  for (const path of [url.pathname, `${url.pathname}/`]) {
    if (path in files) return { kind: "stored", path };
    if (path in SHELL) return { kind: "shell", path };
  }
  return { kind: page ? "page" : "network" };
}

/** A boosted link asks with `fetch`: its mode is not "navigate", only htmx's header tells. */
function wantsPage(request) {
  return request.mode === "navigate" || request.headers.has("HX-Request");
}
