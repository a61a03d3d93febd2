// Trusted Types: one policy for what htmx swaps in and for the worker's address.
// htmx 4 parses whole pages that come from our own origin; scripts inside them stay forbidden.

const WORKER_URL = "/sw.js";
const { htmx: HTMX_URL, later: LATER_URL } = document.currentScript.dataset;

const policyRules = {
  createHTML: (html) => html,
  createScript: (text) => {
    if (text.trim()) throw new TypeError("no inline script");
    return text;
  },
  createScriptURL: (url) => {
    if (![WORKER_URL, HTMX_URL, LATER_URL].includes(url)) throw new TypeError("unknown script");
    return url;
  },
};

const policy = window.trustedTypes ? trustedTypes.createPolicy("htmx", policyRules) : policyRules;

/** Another of our scripts; it runs before the promise is kept. */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = reject;
    script.src = policy.createScriptURL(url);
    document.head.append(script);
  });
}

let htmxLoading = null;

/**
 * Brings htmx in, once. A first visit waits for its download to end: htmx is part of it, and would cross a slow
 * network twice. Until then links load whole pages.
 */
function loadHtmx() {
  htmxLoading = htmxLoading || loadScript(HTMX_URL).then(() => {
    // Before htmx reads the page: it does so in the task after this one.
    htmx.registerExtension("appui", { init: (api) => api.initSecurity(policy) });
    return new Promise((resolve) => { setTimeout(resolve); });
  });
  return htmxLoading;
}

/** Ordinary Back was chosen: links stay plain links. Must run before htmx reads the page. */
function chooseNavigation() {
  if (!readSettings().retour) return;
  for (const name of ["hx-boost:inherited", "hx-replace-url:inherited"]) document.body.removeAttribute(name);
}
