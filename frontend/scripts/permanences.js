// Who can be reached now, said minute by minute from the hours this phone keeps, network or not.

const HOURS_URL = "/permanences.json";
const MINUTE_MS = 60000;
// Beyond this a clock is wrong: an answer that is slow to come never differs by so much.
const CLOCK_TOLERANCE_MS = 120000;
const RANKS = { open: 0, appointment: 1, closed: 2, unknown: 3 };
let directory = null;
let heard = {}; // the last answer of the server to this page, as the worker keeps its own: {asked, answered, server}
let toldAt = NaN; // what the server last said of the time
let clockChecked = null; // true: as the server's; false: wrong; null: nobody has said yet
let ticking = 0;

/**
 * Whether this phone's clock is right, as far as the last answer of the server can tell: its time (a Date header)
 * lay between the moment it was asked and the moment it answered, and the clock has not gone back since. Null where
 * the server did not say. Pure.
 */
function isClockRight(now, { asked, answered, server }) {
  const told = Date.parse(server);
  if (Number.isNaN(told)) return null;
  return told >= asked - CLOCK_TOLERANCE_MS && told <= answered + CLOCK_TOLERANCE_MS && now >= told - CLOCK_TOLERANCE_MS;
}

/** By what the worker knows; without one, or before it has met the server, by what this page was told. */
function checkClock(kept) {
  if (!kept || !kept.server) return isClockRight(Date.now(), heard);
  // The page's clock and the worker's are one, unless somebody changes it meanwhile.
  return Math.abs(Date.now() - kept.now) <= CLOCK_TOLERANCE_MS && isClockRight(Date.now(), kept);
}

/** Past the browser's own cache, which keeps the date of another day. */
async function loadDirectory() {
  const asked = Date.now();
  const answer = await fetch(HOURS_URL, { cache: "no-store" });
  const told = { asked, answered: Date.now(), server: answer.headers.get("Date") };
  if (!answer.ok) return;
  directory = await answer.json();
  heard = told;
  // Anew: a newer notice or edition may have brought a contact back.
  news = new Map(await keptNews());
  for (const [id, { intervals }] of news) directory.contacts[id] = hoursFromNews(directory, intervals);
}

/** Everything said again from what is stored now: on opening, on waking, and when an edition has come. */
async function refreshHours() {
  const loading = loadDirectory().catch(() => null); // what was known before stays
  const kept = hasWorker() ? await ask("clock") : null;
  await loading;
  clockChecked = checkClock(kept);
  toldAt = Date.parse((kept && kept.server) || heard.server);
  sayHours(document);
  sortReachable(document);
}

/** After a move inside the app nothing is asked for again. */
function showHours(root) {
  if (!directory || clockChecked === null) return refreshHours();
  sayHours(root);
  sortReachable(root);
  return null;
}

/**
 * The day in Paris, as 2026-11-23: contacts age there. On a clock known to be wrong, the last one the server told: no
 * number may go because a phone believes it is 2035. Without hours to read the clock of Paris in, an hour late at most.
 */
function parisDay() {
  const minute = Math.floor(((clockChecked === false && toldAt) || Date.now()) / MINUTE_MS);
  return new Date((directory ? wallMinute(directory, minute) : minute + 60) * MINUTE_MS).toISOString().slice(0, 10);
}

/** What depends on the day. A page may stay open for weeks: said again whenever hours are. */
function showDay(root) {
  const day = parisDay();
  for (const warning of root.querySelectorAll("[data-until]")) warning.hidden = warning.dataset.until >= day;
  for (const note of root.querySelectorAll("[data-over]")) note.hidden = note.dataset.over < day;
  showFreshness(root, day);
}

function sayHours(root) {
  showDay(root);
  if (!directory) return;
  const minute = Math.floor(Date.now() / MINUTE_MS);
  const known = clockChecked === true && minute >= directory.begins && minute < directory.ends;
  for (const contact of root.querySelectorAll("[data-contact]")) sayContact(contact, minute, known);
  for (const old of root.querySelectorAll("[data-old]")) {
    const { contact, line } = old.closest("[data-contact], [data-line]").dataset;
    old.hidden = news.has(contact || line);
  }
  for (const note of root.querySelectorAll("[data-clock-wrong]")) note.hidden = clockChecked !== false;
  const day = dayNumberWords(Math.floor(wallMinute(directory, directory.begins) / FULL_DAY), true);
  for (const place of root.querySelectorAll("[data-hours-as-of]")) place.textContent = `Horaires au ${day}.`;
  // The printed week is in the time of Paris too, whatever is known of now.
  const wall = wallMinute(directory, minute);
  const isParis = wall - minute === -new Date().getTimezoneOffset();
  for (const note of root.querySelectorAll("[data-paris]")) note.hidden = isParis;
  if (known) markToday(root, (Math.floor(wall / FULL_DAY) + 3) % 7);
}

/** Never « ouvert » for a contact that is not confirmed, on a wrong clock, or past the weeks that are known. */
function sayContact(contact, minute, known) {
  const [place] = own(contact, "[data-hours]");
  if (!place) return;
  const hours = known && contact.dataset.status === "confirmed" ? hoursOf(directory, contact.dataset.contact) : null;
  const words = hoursWords(hours, minute);
  contact.dataset.state = standing(hours, minute).state;
  place.textContent = words[0].toUpperCase() + words.slice(1);
  place.hidden = false;
  const [told] = own(contact, "[data-new-hours]");
  if (!told) return;
  const heardOf = news.get(contact.dataset.contact);
  told.hidden = !heardOf || heardOf.gone;
  // Of the days that differ (a week shut), the state above knows; the words are of the usual week.
  const usual = heardOf && heardOf.hours_text ? ` D’habitude : ${heardOf.hours_text}.` : "";
  told.textContent = `Changement reçu par un avis : voyez ci-dessus.${usual}`;
}

function markToday(root, weekday) {
  for (const row of root.querySelectorAll("[data-week] [data-day]")) {
    const isToday = Number(row.dataset.day) === weekday;
    row.classList.toggle("today", isToday);
    if (isToday) row.setAttribute("aria-current", "date");
    else row.removeAttribute("aria-current");
  }
}

/** Open first, then by next opening. Only when a page opens or wakes: nothing moves under a thumb. */
function sortReachable(root) {
  if (!directory) return;
  const minute = Math.floor(Date.now() / MINUTE_MS);
  for (const list of root.querySelectorAll("[data-reachable]")) {
    if (list.contains(document.activeElement)) continue;
    const ranked = Array.from(list.children, (item) => {
      const state = item.dataset.state || "unknown";
      const { next } = standing(state === "closed" ? hoursOf(directory, item.dataset.contact) : null, minute);
      return { item, rank: RANKS[state], next: next === null ? Infinity : next };
    });
    const sorted = [...ranked].sort((a, b) => a.rank - b.rank || (a.rank === 2 && a.next !== b.next ? a.next - b.next : 0));
    if (sorted.some((entry, index) => entry !== ranked[index])) list.append(...sorted.map((entry) => entry.item));
  }
}

function watchHours() {
  const tick = () => {
    clearTimeout(ticking);
    ticking = setTimeout(() => { sayHours(document); tick(); }, MINUTE_MS - (Date.now() % MINUTE_MS));
  };
  const wake = () => { if (!document.hidden) refreshHours(); };
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  tick();
}
