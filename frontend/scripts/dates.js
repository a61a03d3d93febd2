// Dates and sizes in French words.

// Twelve words rather than Intl.DateTimeFormat: making one takes 25 ms and more while the page is opening.
const MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" ");

function dayWords(moment) {
  const day = new Date(moment);
  return `${day.getDate() === 1 ? "1er" : day.getDate()} ${MONTHS[day.getMonth()]} ${day.getFullYear()}`;
}

const sizeWords = (bytes) => `${Math.ceil(bytes / 1000)} ko`;
