// The style sheet does the choosing; this only says how many are left.

function showFilters(root) {
  const form = root.querySelector("[data-filters]");
  if (!form) return;
  const count = () => {
    const left = Array.from(document.querySelectorAll("main [data-kind]")).filter((item) => item.offsetParent).length;
    say("[data-filter-count]", left === 1 ? "1 contact" : `${left} contacts`);
    reveal("[data-filter-empty]", !left);
  };
  form.addEventListener("change", count);
  form.addEventListener("reset", () => setTimeout(count));
}
