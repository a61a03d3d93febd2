// Searching guides and contacts, on the phone, offline: accents, plurals and a slip of the finger forgiven.

const ENOUGH = 12;
let searchIndex = null;

/** Same folding as the server's index: lower case, no accents. */
const fold = (text) => text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae")
  .normalize("NFD").replace(/\p{Mn}/gu, "");

const wordsOf = (text) => fold(text).match(/[a-z0-9]+/g) || [];

/** Whether two words are one slip apart: a letter more, less, wrong, or two swapped. */
function oneSlip(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  return left.length + right.length <= 2 || (left.length === 2 && left === right[1] + right[0]);
}

/** 4 the word, 3 its beginning, 2 one slip, 1 one slip in its beginning, 0 nothing in common. */
function likeness(asked, word) {
  if (word === asked) return 4;
  if (asked.length > 2 && word.startsWith(asked)) return 3;
  if (word.length > 3 && asked.startsWith(word) && asked.length - word.length < 3) return 3;
  if (asked.length < 5 || /\d/.test(asked)) return 0;
  if (oneSlip(asked, word)) return 2;
  return word.length > asked.length && oneSlip(asked, word.slice(0, asked.length)) ? 1 : 0;
}

const best = (asked, words) => words.reduce((most, word) => Math.max(most, likeness(asked, word)), 0);

/** Entries that answer most of what was asked, best first. Pure. */
function searchIn({ common, entries }, text) {
  const joined = fold(text).replace(/[^0-9]/g, "");
  const all = wordsOf(text).filter((word) => word.length > 1 || /\d/.test(word));
  const telling = all.filter((word) => !common.includes(word));
  const asked = telling.length ? telling : all;
  // « 116 006 » and « 01 30 32… » are one number however they are spaced.
  if (joined.length > 2 && !/[a-z]/.test(fold(text))) asked.push(joined);
  const found = entries.map(([href, title, summary, strong, weak]) => {
    // Among pages that have the word, first the guide that is called by it.
    const named = href.startsWith("/guides/") ? wordsOf(title) : [];
    const scores = asked.map((word) => 3 * best(word, strong.split(" ")) + best(word, named) / 8 || best(word, weak.split(" ")));
    return { href, title, summary, hits: scores.filter(Boolean).length, score: scores.reduce((a, b) => a + b, 0) };
  });
  const most = Math.max(0, ...found.map((entry) => entry.hits));
  return found.filter((entry) => entry.hits && entry.hits === most).sort((a, b) => b.score - a.score).slice(0, ENOUGH);
}

async function loadIndex(address) {
  searchIndex = searchIndex || fetch(address).then((answer) => answer.json()).catch(() => { searchIndex = null; return { common: [], entries: [] }; });
  return searchIndex;
}

function resultItem({ href, title, summary }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const name = document.createElement("b");
  const about = document.createElement("span");
  link.href = href;
  name.textContent = title;
  about.textContent = summary;
  link.append(name, about);
  item.append(link);
  return item;
}

async function showResults(field) {
  const text = field.value.trim();
  const list = document.querySelector("[data-search-results]");
  const found = text ? searchIn(await loadIndex(field.dataset.index), text) : [];
  if (field.value.trim() !== text) return; // the reader went on typing
  list.replaceChildren(...found.map(resultItem));
  if (window.htmx) htmx.process(list);
  list.hidden = !found.length;
  reveal("[data-search-empty]", Boolean(text) && !found.length);
  reveal("[data-search-all]", !found.length);
  const count = found.length === 1 ? "1 réponse" : `${found.length} réponses`;
  say("[data-search-status]", text ? count : "");
}

function showSearch(root) {
  const field = root.querySelector("[data-search]");
  if (!field) return;
  field.value = handedOver || new URLSearchParams(location.search).get("q") || field.value;
  handedOver = "";
  // Without script the word travels in the address; it does not stay there.
  if (location.search) history.replaceState(history.state, "", location.pathname);
  field.addEventListener("input", () => showResults(field));
  if (field.value) showResults(field);
}
