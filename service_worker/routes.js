// What to do with a request. Pure: no cache, no network, no clock.

// Never answered from the store: staff, interfaces, and what the store itself is made from.
const PASS_THROUGH = /^\/(equipe|api|schema|b|bundle|metrics|healthz|readyz|effacer|edition\.json|sw\.js)(\/|$)/;

/** Requests that never pass through the worker at all. */
const passes = (method, url, origin) => method !== "GET" || url.origin !== origin || PASS_THROUGH.test(url.pathname);

/**
 * @param files by address: the stored edition, and assets of the one before it
 * @returns {stored: an entry of `files`}, {shell: an entry of SHELL}, or neither: ask the network
 */
function find({ pathname }, files) {
  for (const path of [pathname, `${pathname}/`]) {
    if (path in files) return { stored: files[path] };
    if (path in SHELL) return { shell: SHELL[path] };
  }
  return {};
}

/** A boosted link asks with `fetch`: its mode is not "navigate", only htmx's header tells. */
const wantsPage = (request) => request.mode === "navigate" || request.headers.has("HX-Request");
