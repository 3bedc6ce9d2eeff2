// The script of the public pages, which work without it: colour scheme, submenus, print, videos, citations, filters of lists.
// It runs before the page is drawn, so that the colours do not flash; what needs the page waits for it.

// The colour scheme: light, dark or that of the system.
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

// The submenus of the menu close on Escape, which returns the focus to their entry, and on a click elsewhere.
function closeSubmenus(except) {
  for (const submenu of document.querySelectorAll(".site-header nav details[open]")) {
    if (!submenu.contains(except)) submenu.open = false;
  }
}

document.addEventListener("click", (event) => closeSubmenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const submenu = document.activeElement.closest?.(".site-header nav details[open]");
  submenu?.querySelector("summary").focus();
  closeSubmenus(null);
});

// Printed pages show what is folded. The style sheet does it where browsers know ::details-content.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll(":is(.unfold, .authors details):not([open])")) {
    part.open = part.dataset.printed = true;
  }
});
addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-printed]")) {
    part.open = false;
    delete part.dataset.printed;
  }
});

// Videos of other sites: nothing is loaded from there before a click, which replaces the link by the player.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-player]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const player = document.createElement("iframe");
  player.src = link.dataset.player;
  player.title = link.dataset.title;
  player.allow = "autoplay; fullscreen; picture-in-picture";
  player.referrerPolicy = "strict-origin-when-cross-origin"; // YouTube refuses to play without the site's address
  link.replaceWith(player);
  player.focus();
});

// Buttons that copy citations, as rich text (with italics) or as plain text. In a list, “Cite” opens the citations of a
// work in a dialog, and “Abstract” unfolds its abstract below the link.
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");

async function copy(citation, rich) {
  const text = citation.textContent.trim();
  if (rich && window.ClipboardItem && navigator.clipboard?.write) {
    const as = (type, content) => new Blob([content], { type });
    const item = { "text/plain": as("text/plain", text), "text/html": as("text/html", citation.innerHTML.trim()) };
    await navigator.clipboard.write([new ClipboardItem(item)]);
  } else {
    await navigator.clipboard.writeText(text);
  }
}

function select(citation) {
  // Pages without HTTPS cannot write to the clipboard. Select the text so that it can be copied with the keyboard.
  getSelection().selectAllChildren(citation);
}

function addCopyButtons(cite) {
  for (const box of cite.querySelectorAll(".citation")) {
    const citation = box.querySelector("p, code");
    const label = box.dataset.copy;
    const kinds = citation.matches("code") ? [["Copy", false]] : [["Copy", true], ["Copy as plain text", false]];
    const buttons = document.createElement("p");
    buttons.className = "copy";
    for (const [name, rich] of kinds) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-label", `${name} (${label})`);
      button.addEventListener("click", async () => {
        try {
          await copy(citation, rich);
          said.textContent = `${label} copied`;
          button.textContent = "Copied";
          setTimeout(() => { button.textContent = name; }, 2000);
        } catch {
          select(citation);
          said.textContent = "The text is selected. Copy it with the keyboard.";
        }
      });
      buttons.append(button);
    }
    box.append(buttons);
  }
  // Inside the dialog: screen readers ignore the rest of the page while it is open.
  cite.append(said);
}

async function pageOf(link) {
  const answer = await fetch(link.href.split("#")[0], { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error();
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function toggleAbstract(link) {
  const record = link.closest(".record");
  const abstract = record.querySelector(".unfolded");
  if (abstract) {
    abstract.hidden = !abstract.hidden;
    link.setAttribute("aria-expanded", String(!abstract.hidden));
    return;
  }
  const page = await pageOf(link);
  const text = page.querySelector("#abstract .prose");
  if (record.querySelector(".unfolded")) return; // a double click
  text.classList.add("unfolded");
  record.append(text);
  link.setAttribute("aria-expanded", "true");
}

async function openCitations(link) {
  const page = await pageOf(link);
  const cite = page.getElementById("cite");
  const title = page.querySelector("h1");
  const dialog = document.createElement("dialog");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const heading = cite.querySelector("h2");
  heading.id = "cite-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  const work = document.createElement("p");
  work.className = "strong";
  work.innerHTML = title.innerHTML;
  cite.removeAttribute("id");
  heading.after(work);
  dialog.append(close, cite);
  document.body.append(dialog);
  addCopyButtons(cite);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
}

// Marks the links that unfold something here, also those of a list that the filters replace.
function markAbstracts() {
  for (const link of document.querySelectorAll("[data-abstract]:not([aria-expanded])")) link.ariaExpanded = "false";
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".cite").forEach(addCopyButtons);
  markAbstracts();
  new MutationObserver(markAbstracts).observe(document.querySelector("main"), { childList: true, subtree: true });
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-cite], a[data-abstract]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    await (link.matches("[data-cite]") ? openCitations(link) : toggleAbstract(link));
  } catch {
    location.assign(link.href);
  }
});

// Filters the list in place, while the visitor types and when they choose a filter. The URL always has the filters.
const PARTS = ["filters", "results"];
// Links that change the list, in their groups. Focus stays at its place in the group.
const LINKS = ["#filters li a", "#results .chart a", ".selected a", ".arrange a"];
// An exported site has no such form: exported.js filters its lists.
const form = () => document.querySelector("form[data-live]");
let asked = 0;
let typed;

async function showList(address, { add }) {
  const count = ++asked;
  const results = document.getElementById("results");
  results.classList.add("busy");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (count !== asked) return;
    replaceList(page);
    document.title = page.title;
    if (add === true) history.pushState({}, "", answer.url);
    else if (add === false) history.replaceState({}, "", answer.url);
  } catch {
    if (count === asked) location.assign(address);
  }
}

const nameOf = (box) => box.querySelector("summary").textContent.trim();
const boxes = () => [...document.querySelectorAll("#filters details")];
const focusable = (one) => one?.checkVisibility();

function replaceList(page) {
  const field = form().elements.q;
  const before = { value: field.value, at: field.selectionStart, isTyping: document.activeElement === field };
  const restoreFocus = rememberFocus();
  const open = new Map(boxes().map((box) => [nameOf(box), box.open]));
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  // The same element stays in the document: screen readers announce that its text changes.
  document.getElementById("status").textContent = page.getElementById("status").textContent.trim();
  for (const box of boxes()) box.open = open.get(nameOf(box)) ?? box.open;
  if (before.isTyping) {
    const input = form().elements.q;
    input.value = before.value;
    input.focus();
    input.setSelectionRange(before.at, before.at);
  } else {
    restoreFocus?.();
  }
}

// Returns a function that focuses the link with the same text as the focused one, or else the one at its place.
function rememberFocus() {
  const focused = document.activeElement;
  const group = LINKS.find((links) => focused?.matches?.(links));
  if (!group) return undefined;
  const box = focused.closest("#filters details");
  const name = box && nameOf(box);
  const linksIn = (one) => [...(one ?? document).querySelectorAll(one ? "a" : group)];
  const place = linksIn(box).indexOf(focused);
  const text = focused.textContent;
  return () => {
    const links = linksIn(box && boxes().find((one) => nameOf(one) === name));
    // Without the removed filter, the next one has its place. On a narrow screen the choices are hidden now.
    const next = links.find((one) => one.textContent === text) ?? (box ? undefined : links[place] ?? links.at(-1));
    const button = document.querySelector("[popovertarget=facets]");
    const target = [next, box && button, document.getElementById("results")].find(focusable);
    target.focus({ preventScroll: target.id === "results" });
  };
}

function addressOfForm() {
  const fields = new URLSearchParams([...new FormData(form())].filter(([, value]) => value.trim()));
  const query = fields.toString();
  return form().action + (query ? `?${query}` : "");
}

document.addEventListener("input", (event) => {
  if (!form() || event.target.form !== form() || event.target.name !== "q") return;
  clearTimeout(typed);
  typed = setTimeout(() => showList(addressOfForm(), { add: false }), 250);
});
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  clearTimeout(typed);
  showList(addressOfForm(), { add: true });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(LINKS.join(", "));
  if (!form() || !link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  clearTimeout(typed);
  showList(link.getAttribute("href"), { add: true });
});
addEventListener("popstate", () => { if (form()) showList(location.href, {}); });
