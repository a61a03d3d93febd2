// Dates and sizes in French words, and the day as this phone believes it to be.

const DAY_WORDS = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long", year: "numeric" });

const dayWords = (moment) => DAY_WORDS.format(new Date(moment)).replace(/^1 /, "1er ");
const sizeWords = (bytes) => `${Math.ceil(bytes / 1000)} ko`;

/** Today as 2026-11-22, in the phone's own time. */
function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}
