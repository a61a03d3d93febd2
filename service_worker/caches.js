// The content store: blobs by hash, and pointers to editions. A reader sees what a pointer names.
// Pages read it too (frontend/scripts/kept.js): the names are known there as well.

const CACHE = "contenu-1";
const CURRENT = "/courant";
const PREVIOUS = "/precedent";
const CLOCK = "/horloge";

/** Whatever is not as it must be ends what is under way; what is stored stays as it was. */
function check(fine) {
  if (!fine) throw new Error("refused");
  return fine;
}

const openStore = () => caches.open(CACHE);
/** Reading must not open the store: that would make an empty one again, behind the eraser. */
const readStored = (key) => caches.match(key, { cacheName: CACHE });
const blobKey = (hash) => `/b/${hash}`;
/** [hash, size] of each blob, once. */
const piecesOf = (edition) => [...new Map(Object.values(edition.files).map((file) => [file.sha256, file.size]))];

async function read(name) {
  const found = await readStored(name);
  return found && found.json();
}

const put = async (name, body) => (await openStore()).put(name, new Response(body));
// Response.json() would ask for Safari 17.
const write = (name, value) => put(name, JSON.stringify(value));

const NONE = { edition: 0, files: {} };
let remembered;

/**
 * The stored editions, read once per life of the worker: {current, previous, files}, NONE where there is none.
 * `files` is what can be answered: the current edition, and assets that a page of the previous one still asks for.
 */
function editions() {
  remembered = remembered || readEditions().catch(() => {
    remembered = null; // a store that would not open may open next time
    return { current: NONE, previous: NONE, files: {} };
  });
  return remembered;
}

async function readEditions() {
  const [current = NONE, previous = NONE] = await Promise.all([CURRENT, PREVIOUS].map(read));
  const assets = Object.entries(previous.files).filter(([path]) => path.startsWith("/assets/"));
  // Without a prototype: names that every object knows are no addresses.
  return { current, previous, files: { __proto__: null, ...Object.fromEntries(assets), ...current.files } };
}

const answer = (body, type) => new Response(body, { headers: { ...HEADERS, "Content-Type": type } });

/** Nothing where there is no such file, or the phone has lost it. */
async function storedAnswer(file) {
  const found = file && (await readStored(blobKey(file.sha256)).catch(() => null));
  return found && answer(found.body, file.type);
}

const storedPaths = async () => (await (await openStore()).keys()).map((request) => new URL(request.url).pathname);

/** Keeps a blob only if it is what the signed manifest says. */
async function keepBlob(hash, bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  check(hex === hash);
  await put(blobKey(hash), bytes);
}

/** Moves the pointer: one write, after which the whole new edition is what readers see. */
async function showEdition(edition) {
  const { current } = await editions();
  if (current.edition && current.edition !== edition.edition) await write(PREVIOUS, current);
  await write(CURRENT, edition);
  remembered = null;
  await dropUnused();
}

async function dropUnused() {
  const { current, previous } = await editions();
  const wanted = [current, previous].flatMap(piecesOf).map(([hash]) => blobKey(hash));
  const store = await openStore();
  for (const path of await storedPaths()) {
    if (path.startsWith("/b/") && !wanted.includes(path)) await store.delete(path);
  }
}
