// How far a contact can be trusted today: the rules of backend/permanences/freshness.py, applied by the phone.

const STATUSES = ["confirmed", "to_confirm", "stale", "withdrawn"];
const STATUS_WORDS = { to_confirm: "À vérifier", stale: "Non confirmé", withdrawn: "Retiré" };
const TO_CONFIRM_DAYS = 90;
const STALE_DAYS = 365;

/** Never better than what was published. `confirmBy` and `day`: 2026-11-23. Pure. */
function statusOn(published, confirmBy, day) {
  if (!STATUSES.includes(published)) return published; // closed stays closed
  const late = (Date.parse(day) - Date.parse(confirmBy)) / 86400000;
  const aged = late <= 0 ? 0 : late <= TO_CONFIRM_DAYS ? 1 : late <= STALE_DAYS ? 2 : 3;
  return STATUSES[Math.max(aged, STATUSES.indexOf(published))];
}

/** Says so where a contact has aged since its page was made, and takes away the way to reach one withdrawn. */
function showFreshness(root, day) {
  for (const contact of root.querySelectorAll("[data-confirm-by]")) {
    const status = statusOn(contact.dataset.status, contact.dataset.confirmBy, day);
    if (status === contact.dataset.status) continue;
    contact.dataset.status = status;
    for (const badge of contact.querySelectorAll(".badge")) {
      badge.dataset.status = status;
      badge.textContent = STATUS_WORDS[status];
    }
    for (const note of contact.querySelectorAll("[data-beside]")) note.hidden = false;
    if (status !== "withdrawn") continue;
    for (const way of contact.querySelectorAll(".call, .value, [data-hours]")) way.remove();
    for (const words of contact.querySelectorAll("[data-withdrawn]")) words.hidden = false;
    if (contact.closest("[data-list]")) contact.hidden = true;
  }
}
