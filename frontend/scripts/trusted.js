// Trusted Types: one policy for what htmx swaps in and for the worker's address.
// htmx 4 parses whole pages that come from our own origin; scripts inside them stay forbidden.

const WORKER_URL = "/sw.js";

const policyRules = {
  createHTML: (html) => html,
  createScript: (text) => {
    if (text.trim()) throw new TypeError("no inline script");
    return text;
  },
  createScriptURL: (url) => {
    if (url !== WORKER_URL) throw new TypeError("unknown script");
    return url;
  },
};

const policy = window.trustedTypes ? trustedTypes.createPolicy("htmx", policyRules) : policyRules;

function secureHtmx() {
  if (window.htmx) htmx.registerExtension("appui", { init: (api) => api.initSecurity(policy) });
}

/** Ordinary Back was chosen: links stay plain links. Must run before htmx reads the page. */
function chooseNavigation() {
  if (!readSettings().retour) return;
  for (const name of ["hx-boost:inherited", "hx-replace-url:inherited"]) document.body.removeAttribute(name);
}
