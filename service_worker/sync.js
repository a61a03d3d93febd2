// Bringing the store up to date: verify the manifest, fetch what is missing, verify it, move the pointer.

const STALLED_MS = 30000;
let running;
let stop = new AbortController();
let stalled;

/** One synchronisation at a time; everybody who asks meanwhile gets the same one. */
function sync() {
  running = running || syncOnce().finally(() => {
    clearTimeout(stalled);
    running = null;
  });
  return running;
}

/** Called at each sign of life: a link that hangs must not keep the next attempt waiting for ever. */
function alive() {
  clearTimeout(stalled);
  stalled = setTimeout(() => stop.abort(), STALLED_MS);
}

async function syncOnce() {
  stop = new AbortController();
  const edition = await fetchManifest();
  const { current } = await editions();
  check(follows(edition, current));
  const pieces = piecesOf(edition);
  const stored = new Set(await storedPaths());
  const missing = pieces.filter(([hash]) => !stored.has(blobKey(hash)));
  if (edition.edition === current.edition && !missing.length) return false;
  // Nothing yet: one request for all. Otherwise one each.
  await fetchPieces(missing.length < pieces.length
    ? missing.map((piece) => [blobKey(piece[0]), [piece]])
    : [[`/bundle/${edition.edition}`, pieces]], missing.length);
  check(!stop.signal.aborted);
  await showEdition(edition);
  // To a phone that held none, or lacked a part, nothing is newer than what it shows.
  await tell({ type: "edition", newer: current.edition > 0 && current.edition < edition.edition });
  return true;
}

/** Never lower; and one number never stands for two contents. */
function follows(edition, current) {
  return edition.edition > current.edition
    || (edition.edition === current.edition && JSON.stringify(edition.files) === JSON.stringify(current.files));
}

/** Only a plain 200 from the very address asked: a captive portal answers with redirects and pages. */
async function get(path, cache) {
  alive();
  const response = await fetch(path, { cache, credentials: "omit", redirect: "error", signal: stop.signal });
  check(response.status === 200);
  return response;
}

async function fetchManifest() {
  const ask = async (cache) => {
    const asked = Date.now();
    const response = await get("/edition.json", cache);
    // Kept for the days without a network: a phone's clock can be wrong, and says who can be reached.
    await write(CLOCK, { asked, answered: Date.now(), server: response.headers.get("Date") }).catch(() => {});
    const { signed, key, signature } = await response.json();
    check(await isSigned(signed, key, signature));
    return JSON.parse(signed);
  };
  // A false answer stays in the browser's own cache, and a 304 would bring it back for ever: ask past it.
  return ask("no-cache").catch(() => ask("reload"));
}

async function isSigned(text, keyId, signature) {
  const { subtle } = crypto;
  const key = await subtle.importKey("jwk", KEYS[keyId], { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const base64 = signature.replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes, new TextEncoder().encode(text));
}

/** `requests`: [address, the pieces its answer holds], emptied on the way; `total`: how many pieces they hold. */
async function fetchPieces(requests, total) {
  let done = 0;
  const keep = async (hash, bytes) => {
    await keepBlob(hash, bytes);
    done += 1;
    await tell({ type: "progress", done, total });
  };
  const take = async () => {
    while (requests.length) {
      const [path, pieces] = requests.shift();
      await cut(await get(path, "no-store"), pieces, keep);
    }
  };
  // All of them end before this does: nothing is written any more once a failure was told, or all was erased.
  const ends = await Promise.allSettled([take(), take(), take(), take()]);
  for (const { reason } of ends) if (reason) throw reason;
}

/**
 * Cuts a stream into pieces of known sizes, handing over each as soon as it is whole: a bundle that breaks
 * off leaves every piece before the break. An answer longer or shorter than announced is refused.
 */
async function cut(response, pieces, keep) {
  const reader = response.body.getReader();
  let chunk = [];
  /** What has come and is not used yet; nothing at the end. */
  const more = async () => {
    while (chunk && !chunk.length) {
      chunk = (await reader.read()).value;
      alive();
    }
    return chunk;
  };
  try {
    for (const [hash, size] of pieces) {
      const bytes = new Uint8Array(size);
      for (let filled = 0; filled < size; ) {
        check(await more());
        const part = chunk.subarray(0, size - filled);
        bytes.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      await keep(hash, bytes);
    }
    check(!(await more()));
  } finally {
    reader.cancel().catch(() => {});
  }
}
