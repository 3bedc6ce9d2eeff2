// Filters the list in place, while the visitor types and when they choose a filter. The URL always has the filters.

const PARTS = ["filters", "results"];
const form = () => document.getElementById("search");
let asked = 0;
let typed;

async function show(address, { add }) {
  const count = ++asked;
  const results = document.getElementById("results");
  results.classList.add("busy");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (count !== asked) return;
    replace(page);
    document.title = page.title;
    if (add === true) history.pushState({}, "", answer.url);
    else if (add === false) history.replaceState({}, "", answer.url);
  } catch {
    if (count === asked) location.assign(address);
  }
}

function replace(page) {
  const field = form().elements.q;
  const focused = document.activeElement;
  const before = { value: field.value, at: field.selectionStart, isTyping: focused === field };
  const path = focused?.closest?.("#filters details")?.querySelector("summary")?.textContent;
  const label = focused?.matches?.("#filters li a") ? focused.textContent : "";
  const open = new Map([...document.querySelectorAll("#filters details")].map((box) => [box.querySelector("summary").textContent, [box.open, box.querySelector("ul").scrollTop]]));
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  const boxes = [...document.querySelectorAll("#filters details")];
  for (const box of boxes) {
    const [isOpen, top] = open.get(box.querySelector("summary").textContent) ?? [box.open, 0];
    box.open = isOpen;
    box.querySelector("ul").scrollTop = top;
  }
  if (before.isTyping) {
    const input = form().elements.q;
    input.value = before.value;
    input.focus();
    input.setSelectionRange(before.at, before.at);
  } else if (label) {
    const box = boxes.find((one) => one.querySelector("summary").textContent === path);
    const choice = [...(box?.querySelectorAll("li a") ?? [])].find((one) => one.textContent === label);
    // On a narrow screen the choices are hidden now. Focus the button that shows them.
    (choice?.checkVisibility() ? choice : document.querySelector("[popovertarget=facets]")).focus();
  }
}

function address() {
  const fields = new URLSearchParams([...new FormData(form())].filter(([, value]) => value.trim()));
  const query = fields.toString();
  return form().action + (query ? `?${query}` : "");
}

document.addEventListener("input", (event) => {
  if (event.target.form !== form() || event.target.name !== "q") return;
  clearTimeout(typed);
  typed = setTimeout(() => show(address(), { add: false }), 250);
});
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  clearTimeout(typed);
  show(address(), { add: true });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#filters a, #results .selected a, #results .chart a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  clearTimeout(typed);
  show(link.getAttribute("href"), { add: true });
});
addEventListener("popstate", () => show(location.href, {}));
