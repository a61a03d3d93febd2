// Leaving: cover the screen at once, then go where nothing of this visit shows.

const NEUTRAL_PAGE = "/sortie/";
const NEUTRAL_TITLE = "Chargement";
const PRESSES = 3;
const WITHIN_MS = 5000;
let leaving = null;
let erased = false; // by « Tout effacer »

const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** An outside address cannot work offline, and in an installed app it would bring up an address bar. */
function exitAddress(link) {
  if (navigator.onLine) return isInstalled() ? NEUTRAL_PAGE : link.href;
  // Without a worker (erased, refused) there is no stored page: an empty one, not the browser's error on our address.
  return !erased && hasWorker() && navigator.serviceWorker.controller ? NEUTRAL_PAGE : "about:blank";
}

function cover() {
  const sheet = document.createElement("div");
  sheet.className = "cover";
  document.body.hidden = true;
  document.documentElement.append(sheet);
  document.title = NEUTRAL_TITLE;
}

function leave() {
  const link = document.querySelector("[data-exit]");
  leaving = link ? exitAddress(link) : NEUTRAL_PAGE;
  cover();
  // Replacing: this page leaves the tab's history with us.
  location.replace(leaving);
}

/** Shift three times within five seconds, as on GOV.UK: Esc belongs to assistive tools, and stops loading. */
function watchShift() {
  let times = [];
  let alone = false;
  addEventListener("keydown", (event) => {
    const other = event.ctrlKey || event.altKey || event.metaKey; // Alt + Maj changes the layout of a keyboard
    alone = event.key === "Shift" && !other && (alone || !event.repeat);
  }, true);
  // Held while pressing the mouse, it extends a selection.
  addEventListener("pointerdown", () => { alone = false; times = []; }, true);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone || !readSettings().raccourci) {
      if (event.key !== "Shift") times = [];
      return;
    }
    const now = event.timeStamp;
    times = [...times.filter((time) => now - time < WITHIN_MS), now];
    if (times.length >= PRESSES) leave();
    else announce(`Maj : encore ${PRESSES - times.length} fois pour quitter.`);
  }, true);
}

function announce(words) {
  let place = document.getElementById("annonce");
  if (!place) {
    place = document.createElement("p");
    place.id = "annonce";
    place.className = "visually-hidden";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = words;
}

function watchExit() {
  // Delegated: pages come and go under it. Capture: nothing else may answer first.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-exit]");
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leave();
  }, true);
  // A page brought back from memory while leaving stays covered, and leaves again.
  addEventListener("pageshow", (event) => {
    if (event.persisted && leaving) location.replace(leaving);
  });
  watchShift();
}
