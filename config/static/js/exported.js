// Filters the list and searches an exported site in the browser. On the live site site.js asks the server.
// config/upkeep/export/index.py writes the index. Cards are taken from the pages of the exported list.

const INDEX = new URL("../../search/index.json", import.meta.url).href;
const TERM = /(?:(author|year|tag|type):)?(?:"([^"]*)"?|([^\s"]+))/gi;
const UNSPACED = /[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const FILTERS = ["tag", "author", "year", "type"];
const PER_PAGE = 24;
const ARRANGEMENTS = ["group", "show"]; // they change how the list is shown, not what it has

const field = document.getElementById("q");
const results = document.getElementById("results");
const status = document.getElementById("status");
const here = new URL(field.form.action).pathname;
const isSearch = here.endsWith("/search/");
const original = { results: [...results.childNodes], title: document.title, path: location.pathname };
const choices = [...document.querySelectorAll("#facets li a:has(+ .count)")].map((link) => [link, link.search]);
const files = new Map();
let latest = 0;
let timer;

function read(address, parse) {
  if (!files.has(address)) files.set(address, fetch(address).then((answer) => answer.text()).then(parse));
  return files.get(address);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// The words of a text, as profiles/search/words.py returns them, with its letters and symbols.
function words(text, { letters, symbols }) {
  const plain = (mixed) => mixed.toLowerCase().replace(/./gsu, (letter) => letters[letter] ?? letter);
  const folded = plain(plain(text).normalize("NFKD").replace(/\p{M}/gu, ""));
  const named = folded.replace(/(?<![α-ω])[α-ω](?![α-ω])/g, (letter) => ` ${symbols[letter] ?? letter}`);
  return (named.replace(UNSPACED, " $& ").match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

// The terms of a search: functions that return the position of the term in an item, or -1.
function parse(text, { labels, identifier, ...rules }) {
  const bare = text.replace(new RegExp(identifier, "giu"), "");
  return [...bare.matchAll(TERM)].map(([, name, quoted, plain]) => {
    const wanted = words(quoted ?? plain, rules);
    const [from, to = from] = wanted.split(" ");
    const needle = ` ${wanted}${quoted === undefined ? "" : " "}`;
    switch (name?.toLowerCase()) {
      case "year": return (item) => item.year.findIndex((year) => from <= year && year <= to);
      case "tag": return (item) => item.tag.findIndex((tag) => words(labels.tag[tag], rules) === wanted);
      case "type": return (item) => item.type.findIndex((type) => ` ${words(labels.type[type], rules)}`.includes(needle));
      case "author": return (item) => ` ${item.names} `.indexOf(needle);
      default: return wanted && ((item) => ` ${item.title} ${item.names} ${item.facts} `.indexOf(needle));
    }
  }).filter(Boolean);
}

const passes = (item, query, names) => names.every((name) => query.getAll(name).every((one) => item[name].includes(one)));

// The address with a value of a filter added, or removed if the query has it.
function addressOf(query, name, value) {
  const changed = new URLSearchParams(query);
  changed.delete("page");
  changed.delete(name, name === "tag" ? value : undefined);
  if (value && !query.has(name, value)) changed.append(name, value);
  return changed.size ? `${here}?${changed}` : original.path;
}

// Each facet counts the works that the other filters leave. Tags narrow each other down.
function showFacets(works, query) {
  document.querySelector("#facets:popover-open")?.hidePopover();
  // The bars of the years are those of all works.
  for (const drawn of document.querySelectorAll("#facets :is(.bars, .keys)")) {
    drawn.toggleAttribute("hidden", Boolean(location.search));
  }
  for (const [link, filter] of choices) {
    const [[name, value]] = new URLSearchParams(filter);
    const others = FILTERS.filter((other) => other !== name || name === "tag");
    const count = works.filter((work) => work[name].includes(value) && passes(work, query, others)).length;
    link.href = addressOf(query, name, value);
    link.ariaCurrent = query.has(name, value) || null;
    link.nextElementSibling.textContent = count;
    link.removeAttribute("title");
    link.parentElement.hidden = !count;
  }
}

// The card of a work, from the page of the list that has it. Other content comes with its HTML.
async function nodeOf({ page, href, html }) {
  if (html) return element("div", { innerHTML: html });
  const list = await read(page, (text) => new DOMParser().parseFromString(text, "text/html"));
  return list.querySelector(`.title a[href="${href}"]`).closest("article").cloneNode(true);
}

function sectionsOf(items, nodes, query) {
  if (isSearch && nodes.length) return [element("h2", { className: "visually-hidden" }, "Results"), ...nodes];
  const sections = new Map();
  items.forEach(({ heading, group }, place) => {
    const title = query.has("group") ? group : heading;
    if (!sections.has(title)) sections.set(title, element("section", { className: "year" }, element("h2", {}, title)));
    sections.get(title).append(nodes[place]);
  });
  return sections.size ? sections.values() : [element("p", { className: "empty" }, "No results.")];
}

async function show() {
  const count = ++latest;
  const query = new URLSearchParams(location.search);
  if (field.value.trim() !== (query.get("q") ?? "")) field.value = query.get("q");
  const { works, others, ...index } = await read(INDEX, JSON.parse);
  const { labels, groups } = index;
  const terms = parse(query.get("q") ?? "", index);
  const isFound = (item) => (terms.length || !isSearch) && terms.every((term) => term(item) >= 0);
  const found = works.filter(isFound);
  const place = (item) => terms.reduce((sum, term) => sum + term(item), 0); // the title comes first, then the names
  const all = (isSearch ? [...found, ...others.filter(isFound)] : found).filter((item) => passes(item, query, FILTERS));
  if (isSearch) all.sort((a, b) => place(a) - place(b));
  else if (query.has("group")) all.sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
  const perPage = query.has("show") ? all.length : PER_PAGE;
  const page = Number(query.get("page")) || 1;
  const shown = all.slice((page - 1) * perPage, page * perPage);
  const nodes = await Promise.all(shown.map(nodeOf));
  if (count !== latest) return;
  showFacets(found, query);
  const chosen = [...FILTERS, "q"].flatMap((name) => query.getAll(name).map((value) => [name, value]));
  const names = chosen.map(([name, value]) => labels[name]?.[value] ?? `“${value}”`);
  const linkTo = (text, className, ...change) => element("a", { className, href: addressOf(query, ...change) }, text);
  const chips = chosen.flatMap((one, at) => [linkTo(`${names[at]} ×`, "chip", ...one), " "]);
  const total = `${all.length} ${isSearch ? "result" : "publication"}${all.length === 1 ? "" : "s"}`;
  const pages = element("nav", { className: "pages", ariaLabel: "Pages" });
  if (page > 1) pages.append(linkTo("Previous", "", "page", page - 1));
  if (page * perPage < all.length) pages.append(linkTo("Next", "", "page", page + 1));
  status.textContent = chosen.length ? `${total} found` : total;
  const head = element("div", { className: "list-head" }, chosen.length
    ? element("p", { className: "selected" }, `${total} with `, ...chips, element("a", { href: here }, "Clear all"))
    : element("p", { className: "count" }, total));
  if (!isSearch) {
    const [group, show] = ARRANGEMENTS.map((name) => query.has(name));
    head.append(element("p", { className: "arrange" },
      linkTo(`Group by ${group ? "year" : "type"}`, "", "group", group ? "" : "type"), " ",
      linkTo(show ? "Show in pages" : "Show all", "", "show", show ? "" : "all")));
  }
  const isArranged = ARRANGEMENTS.some((name) => query.has(name));
  results.replaceChildren(...(chosen.length || isArranged ? [head, ...sectionsOf(shown, nodes, query), pages] : original.results));
  document.title = chosen.length ? original.title.replace(/\p{L}+/u, `$&: ${names.join(", ")}`) : original.title;
}

function go(address, isNew) {
  clearTimeout(timer);
  history[isNew ? "pushState" : "replaceState"]({}, "", address);
  show();
}

function goTyped(isNew) {
  const query = new URLSearchParams(location.search);
  query.delete("q");
  go(addressOf(query, "q", field.value.trim()), isNew);
}

field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(goTyped, 250); });
field.form.addEventListener("submit", (event) => { event.preventDefault(); goTyped(true); });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#filters li a, #results .chart a, .selected a, .arrange a, #results .pages a");
  if (link?.pathname !== here || !link.search || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href, true);
});
addEventListener("popstate", show);
if (location.search) show();
