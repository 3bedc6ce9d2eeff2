// Light, dark or as the system: set before the page is drawn, so that nothing flashes.
(() => {
  const key = "scheme";
  const root = document.documentElement;
  const kept = () => {
    try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
  };
  const show = (scheme) => {
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
  };
  const tick = () => {
    for (const choice of document.querySelectorAll("#scheme input")) choice.checked = choice.value === kept();
  };
  show(kept());
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("scheme");
    if (!box) return;
    box.hidden = false;
    tick();
    box.addEventListener("change", (event) => {
      show(event.target.value);
      try { localStorage.setItem(key, event.target.value); } catch { /* it holds for this page, then */ }
    });
  });
  // Another tab has chosen.
  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    show(kept());
    tick();
  });
})();
