// How far a contact can be trusted today: the rules of backend/permanences/freshness.py, applied by the phone.

const STATUSES = ["confirmed", "to_confirm", "stale", "withdrawn"];
const STATUS_WORDS = { to_confirm: "À vérifier", stale: "Non confirmé", withdrawn: "Retiré" };
const TO_CONFIRM_DAYS = 90;
const STALE_DAYS = 365;

let news = new Map(); // contact → what a notice said of it, and the stored edition does not know yet
const isGone = (id) => news.has(id) && news.get(id).gone;

/** Never better than what was published. `confirmBy` and `day`: 2026-11-23. Pure. */
function statusOn(published, confirmBy, day) {
  if (!STATUSES.includes(published)) return published; // closed stays closed
  const late = (Date.parse(day) - Date.parse(confirmBy)) / 86400000;
  const aged = late <= 0 ? 0 : late <= TO_CONFIRM_DAYS ? 1 : late <= STALE_DAYS ? 2 : 3;
  return STATUSES[Math.max(aged, STATUSES.indexOf(published))];
}

/** Those of a contact itself: a sure line named inside keeps its own state, and its own number. */
const own = (contact, selector) => Array.from(contact.querySelectorAll(selector))
  .filter((found) => found.closest("[data-confirm-by]") === contact);

/** Says so where a contact has aged since its page was made, and takes away the way to reach one that is no more. */
function showFreshness(root, day) {
  for (const contact of root.querySelectorAll("[data-confirm-by]")) {
    const gone = isGone(contact.dataset.contact);
    const status = gone ? "withdrawn" : statusOn(contact.dataset.status, contact.dataset.confirmBy, day);
    if (status === contact.dataset.status) continue;
    contact.dataset.status = status;
    if ("sure" in contact.dataset) contact.hidden = status !== "confirmed";
    for (const badge of own(contact, ".badge")) {
      badge.hidden = false;
      badge.dataset.status = status;
      badge.textContent = STATUS_WORDS[status];
    }
    for (const note of own(contact, "[data-beside]")) note.hidden = false;
    if (status !== "withdrawn") continue;
    for (const way of own(contact, ".call, .value, [data-hours], [data-way]")) way.remove();
    for (const words of own(contact, "[data-withdrawn]")) {
      if (gone) words.firstChild.data = `${news.get(contact.dataset.contact).hours_text} Un `; // its link stays
      words.hidden = false;
    }
    if (contact.closest("[data-list]")) contact.hidden = true;
  }
  for (const line of root.querySelectorAll("[data-line]")) line.hidden = isGone(line.dataset.line);
  // Nothing sure is left to name.
  for (const note of root.querySelectorAll("[data-beside]")) {
    if (!note.querySelector("[data-sure]:not([hidden])")) note.hidden = true;
  }
}
