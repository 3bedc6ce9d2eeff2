// The colour scheme: light, dark or that of the system. It is set before the page is drawn, so that nothing flashes.
(() => {
  const key = "scheme";
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
  };
  const show = (scheme) => {
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    for (const button of document.querySelectorAll("#scheme button")) {
      button.setAttribute("aria-pressed", button.value === (root.dataset.scheme ?? ""));
    }
  };
  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    show(stored());
    document.getElementById("scheme")?.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      show(button.value);
      try { localStorage.setItem(key, button.value); } catch { /* Without storage, the choice lasts for this page. */ }
    });
  });
  // The scheme was changed in another tab.
  addEventListener("storage", (event) => { if (event.key === key) show(stored()); });
})();
