// A search typed before, or elsewhere than, where it is answered: no address keeps it, and no entry of the tab's history.

let handedOver = "";

/** Go there as by a link of the page: htmx swaps the text, and the address is replaced. */
function followOwn(root, address) {
  const link = document.createElement("a");
  link.href = address;
  link.hidden = true;
  root.append(link);
  htmx.process(link);
  link.click();
}

/** From the field of another page to the page of answers, by its link: the word stays in memory. */
function handOver(root) {
  const form = root.querySelector("form.search");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    const here = form.querySelector("[data-search]");
    // A page loaded whole starts with an empty memory: there, the form goes as it is.
    if (!here && (newerEdition || readSettings().retour)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // Where it is answered, as soon as searching has come.
    if (here) {
      bringLater().then(() => (laterHere ? showResults(here) : form.submit()));
      return;
    }
    handedOver = form.q.value;
    loadHtmx().then(() => followOwn(form, "/recherche/"), () => form.submit());
  }, true);
}
