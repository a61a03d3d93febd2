// What happens when a page is shown, the first time and after each move inside the app.

function showPage(root) {
  showHours(root);
  handOver(root);
  showLater(root);
  showInstall(root);
  showFirstVisit(root);
  reveal("[data-offline]", !navigator.onLine);
}

function showFirstVisit(root) {
  const note = root.querySelector("[data-first-visit]");
  if (!note) return;
  note.hidden = readSettings().vu || readSettings().retour;
  note.querySelector("[data-dismiss]").onclick = () => {
    changeSetting("vu", true);
    note.hidden = true;
    document.getElementById("contenu").focus();
  };
}

/** Links inside a page move without adding to the tab's history, as links between pages do. */
function watchLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || readSettings().retour) return;
    const href = link.getAttribute("href");
    if (href.startsWith("#")) {
      event.preventDefault();
      location.replace(href);
      const target = document.getElementById(href.slice(1));
      if (target) focusOn(target);
    } else if ((newerEdition || !window.htmx || link.getAttribute("hx-boost") === "false") && link.origin === location.origin && !link.hasAttribute("download")) {
      // The page on screen belongs to the edition before, htmx does not run here, or the next page is another kind:
      // load the next page whole, still without adding to the tab's history.
      event.preventDefault();
      event.stopImmediatePropagation();
      location.replace(link.href);
    }
  }, true);
}

function focusOn(target) {
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus({ preventScroll: false });
}

function afterMove() {
  showPage(document);
  showStored();
  scrollTo(0, 0);
  if (location.hash) {
    const target = document.getElementById(location.hash.slice(1));
    if (target) return focusOn(target);
  }
  document.getElementById("contenu").focus({ preventScroll: true });
}

applySettings();
chooseNavigation();
watchExit();
watchLinks();
watchInstall();
watchConnection();
watchHours();
document.addEventListener("htmx:after:swap", (event) => { if (event.detail.ctx.target === document.body) afterMove(); });
// htmx gives up in silence: let the browser ask again, it shows what went wrong.
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx && ctx.request && ctx.request.method === "GET") location.replace(ctx.request.action);
});
showPage(document);
// Only for somebody who follows: others ask nothing.
registerWorker().then(readFollowed).then((followed) => followed && bringLater().then(() => laterHere && repairNotices(followed)));
