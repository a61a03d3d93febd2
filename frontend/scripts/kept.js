// What the worker keeps (service_worker/caches.js), read by pages without asking it.

const KEPT = "contenu-1";

/** Null where there is none. Reading must not open the store: that would make an empty one again, behind the eraser. */
async function readKept(name) {
  const found = window.caches && (await caches.match(name, { cacheName: KEPT }).catch(() => null));
  return found ? found.json() : null;
}

/** The edition that this phone holds. */
const keptEdition = () => readKept("/courant");

/** What this phone follows: {contacts, wanted, endpoint, secret, stop}. */
const FOLLOWED = "/suivis";
const readFollowed = () => readKept(FOLLOWED);

/** Hours that came with notices, newer than that edition: {contact: {edition, hours_text, intervals}}. */
async function keptNews() {
  const [news, edition] = await Promise.all([readKept("/nouvelles"), keptEdition()]);
  return Object.entries(news ? news.contacts : {}).filter(([, told]) => !edition || told.edition > edition.edition);
}
