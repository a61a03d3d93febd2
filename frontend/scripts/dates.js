// Dates and sizes in French words, and the day as this phone believes it to be.

// Twelve words rather than Intl.DateTimeFormat: making one takes 25 ms and more while the page is opening.
const MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" ");

function dayWords(moment) {
  const day = new Date(moment);
  return `${day.getDate() === 1 ? "1er" : day.getDate()} ${MONTHS[day.getMonth()]} ${day.getFullYear()}`;
}

const sizeWords = (bytes) => `${Math.ceil(bytes / 1000)} ko`;

/** Today as 2026-11-22, in the phone's own time. */
function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}
