// The list and the search of an exported site, where no server answers: filtered as one types, and by the choices
// beside it, from the index that the export wrote (config/upkeep/export/index.py). A work is shown as it stands on the pages
// of the list. The address always says what is shown, in the words of the live site.

const SITE = new URL("../../", import.meta.url);
const LIST = new URL("publications/", SITE);
const WORD = /[\p{L}\p{N}]+/gu;
const UNSPACED = /[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const FIELD = /(?:(author|year|tag|type):)?(?:"([^"]*)"?|([^\s"]+))/gi;
const WEIGHTS = [6, 4, 1, 0.3]; // of title, names, facts and long text
const MOST_CHOICES = 30;
const MOST_OF_A_KIND = 6;
const MOST_ON_A_PAGE = 20;

const form = document.getElementById("search");
const results = document.getElementById("results");
const filters = document.getElementById("filters");
const here = new URL(form.action);
const isSearch = here.pathname !== LIST.pathname;
const startedOn = location.pathname;
const untouched = { results: [...results.childNodes], facets: document.getElementById("facets"), title: document.title };
const kept = new Map();
let asked = 0;
let typed;

// What is read: each file once.

function read(name) {
  if (!kept.has(name)) {
    kept.set(name, fetch(new URL(name, SITE)).then((answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return name.endsWith(".json") ? answer.json() : answer.text();
    }).catch((error) => {
      kept.delete(name);
      throw error;
    }));
  }
  return kept.get(name);
}

// Words, as profiles/search/queries.py has them.

const fold = (text) => text.replace(/ß/g, "ss").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const words = (text) => fold(text).replace(UNSPACED, " $& ").match(WORD) ?? [];

function parse(text) {
  const query = { terms: [], facts: {} };
  for (const [, field, quoted, plain] of text.matchAll(FIELD)) {
    const name = field?.toLowerCase() ?? "";
    const said = quoted ?? plain ?? "";
    if (name && name !== "author") query.facts[name] ??= said.trim();
    else if (words(said).length) query.terms.push({ words: words(said), isExact: quoted !== undefined, isName: name !== "" });
  }
  return query;
}

function fileOf(word) {
  const letters = [...word].slice(0, 2);
  const isAscii = letters.every((letter) => letter < "\u0080");
  return isAscii ? letters.join("") : letters.map((letter) => letter.codePointAt(0).toString(16)).join("-");
}

/** Where a word is found: a Map of places to weights. The last word of a term may be the beginning of one. */
async function placesOf(index, word, { isBeginning, isName }) {
  const found = new Map();
  const file = fileOf(word);
  const known = index.words.includes(file) ? await read(`search/words/${file}.json`) : {};
  const meant = isBeginning && word.length > 1 ? Object.keys(known).filter((one) => one.startsWith(word)) : [word];
  for (const one of meant) {
    let code = 0;
    for (const step of known[one] ?? []) {
      code += step;
      const part = code % 4;
      if (isName && part !== 1) continue;
      const place = (code - part) / 4;
      // A whole word counts more than one that only begins so.
      found.set(place, Math.max(found.get(place) ?? 0, WEIGHTS[part] * (one === word ? 2 : 1)));
    }
  }
  return found;
}

/** The places that have all words of all terms, with their weights; null where no word is asked for. */
async function find(index, query) {
  let all = null;
  for (const term of query.terms) {
    for (const [number, word] of term.words.entries()) {
      const isBeginning = number === term.words.length - 1 && !term.isExact;
      const found = await placesOf(index, word, { isBeginning, isName: term.isName });
      const rare = 1 / Math.log(2 + found.size);
      const both = new Map();
      for (const [place, weight] of found) {
        if (!all || all.has(place)) both.set(place, (all?.get(place) ?? 0) + weight * rare);
      }
      all = both;
    }
  }
  return all;
}

// What is asked for, and which works that leaves.

function asking(address) {
  const query = address.searchParams;
  const one = (name) => query.get(name)?.trim() ?? "";
  const tags = [...new Set(query.getAll("tag").map((tag) => tag.trim()).filter(Boolean))].sort();
  return { tags, year: one("year"), type: one("type"), author: one("author"), q: one("q"), page: Number(one("page")) || 1 };
}

function addressOf(wanted, change = {}) {
  const now = { ...wanted, page: 1, ...change };
  const query = new URLSearchParams(now.tags.map((tag) => ["tag", tag]));
  for (const name of ["year", "type", "author", "q"]) if (now[name]) query.append(name, now[name]);
  if (now.page > 1) query.append("page", now.page);
  return here.href + (query.size ? `?${query}` : "");
}

const isEmpty = (wanted) => addressOf({ ...wanted, page: 1 }) === here.href;
const numberOf = (pairs, slug) => pairs.findIndex(([value]) => value === slug);

function factsOf(index, facts) {
  const tests = [];
  if ("year" in facts) {
    const years = facts.year.match(/^(\d{4})(?:\s*(?:-|–|\.\.)\s*(\d{4}))?$/);
    tests.push(([year]) => years !== null && year >= years[1] && year <= (years[2] ?? years[1]));
  }
  if ("tag" in facts) {
    const key = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s_‐‑–-]+/g, "");
    const meant = index.tags.findIndex(([, name]) => key(name) === key(facts.tag));
    tests.push(([, , tags]) => tags.includes(meant));
  }
  if ("type" in facts) {
    const wanted = fold(facts.type);
    const begins = ([type, label]) => type === wanted || [fold(label), ...words(label)].some((word) => word.startsWith(wanted));
    const meant = index.types.map((one) => wanted !== "" && begins(one));
    tests.push(([, type]) => meant[type]);
  }
  return tests;
}

/** A function that gives the places of the works which pass, leaving out one filter. */
function matcher(index, wanted, query, found) {
  const tags = wanted.tags.map((slug) => numberOf(index.tags, slug));
  const type = numberOf(index.types, wanted.type);
  const author = numberOf(index.authors, wanted.author);
  const facts = factsOf(index, query.facts);
  return (without = "") => index.works.map((work, place) => [work, place]).filter(([work, place]) => (
    (!found || found.has(place))
    && facts.every((test) => test(work))
    && tags.every((tag) => work[2].includes(tag))
    && (!wanted.year || without === "year" || String(work[0]) === wanted.year)
    && (!wanted.type || without === "type" || work[1] === type)
    && (!wanted.author || without === "author" || work[3].includes(author))
  )).map(([, place]) => place);
}

// What is shown.

function element(name, fields = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(fields)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const hidden = (text) => element("span", { class: "visually-hidden" }, text);
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function choicesOf(index, wanted, matches) {
  const tally = (places, values) => {
    const counts = new Map();
    for (const place of places) for (const value of values(index.works[place])) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts];
  };
  const toggled = (name, value) => addressOf(wanted, { [name]: wanted[name] === value ? "" : value });
  const most = (counts, pairs) => counts.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_CHOICES).map(([number, count]) => [...pairs[number], count]);
  const years = tally(matches("year"), ([year]) => (year ? [year] : [])).sort((a, b) => b[0] - a[0]);
  const types = tally(matches("type"), ([, type]) => [type]).sort((a, b) => a[0] - b[0]);
  const boxes = [
    ["Year", years.map(([year, count]) => [String(year), count, toggled("year", String(year)), wanted.year === String(year)])],
    ["Type", types.map(([type, count]) => {
      const [value, label] = index.types[type];
      return [label, count, toggled("type", value), wanted.type === value];
    })],
  ];
  if (isSearch) return boxes;
  const tags = most(tally(matches(), ([, , tags]) => tags), index.tags);
  const authors = most(tally(matches("author"), ([, , , authors]) => authors), index.authors);
  const turned = (slug) => (wanted.tags.includes(slug) ? wanted.tags.filter((tag) => tag !== slug) : [...wanted.tags, slug].sort());
  return [
    ...boxes,
    ["Tag", tags.map(([slug, name, count]) => [name, count, addressOf(wanted, { tags: turned(slug) }), wanted.tags.includes(slug)])],
    ["Author", authors.map(([slug, name, count]) => [name, count, toggled("author", slug), wanted.author === slug])],
  ];
}

function facetsOf(boxes) {
  const facets = element("div", { class: "facets", id: "facets", popover: "" });
  const close = element("button", { type: "button", class: "close", popovertarget: "facets", popovertargetaction: "hide" }, "Close");
  facets.append(close);
  for (const [title, choices] of boxes) {
    if (!choices.length) continue;
    const list = element("ul");
    for (const [label, count, href, isSelected] of choices) {
      const link = element("a", { href, ...(isSelected && { "aria-current": "true" }) }, label);
      list.append(element("li", {}, link, " ", element("span", { class: "count" }, String(count))));
    }
    const isOpen = title === "Year" || title === "Type";
    facets.append(element("details", isOpen ? { open: "" } : {}, element("summary", {}, title), list));
  }
  return facets;
}

function chosenOf(index, wanted, count) {
  const name = (pairs, slug) => pairs[numberOf(pairs, slug)]?.[1] ?? slug;
  const chosen = wanted.tags.map((tag) => [name(index.tags, tag), { tags: wanted.tags.filter((one) => one !== tag) }]);
  if (wanted.author) chosen.push([name(index.authors, wanted.author), { author: "" }]);
  if (wanted.year) chosen.push([wanted.year, { year: "" }]);
  if (wanted.type) chosen.push([name(index.types, wanted.type), { type: "" }]);
  if (wanted.q) chosen.push([`“${wanted.q}”`, { q: "" }]);
  if (!chosen.length) return ["", ""];
  const line = element("p", { class: "selected" }, `${counted(count, isSearch ? "publication" : "work")} with `);
  for (const [label, change] of chosen) {
    const cross = element("span", { "aria-hidden": "true" }, "×");
    line.append(element("a", { class: "chip", href: addressOf(wanted, change) }, `${label} `, cross, hidden("(remove this filter)")), " ");
  }
  if (!isSearch) line.append(element("a", { href: here.href }, "Clear all"));
  return [line, chosen.map(([label]) => label).join(", ")];
}

/** The works at some places of the list, each as it stands on its page of the list. */
async function cardsOf(index, places) {
  const numbers = [...new Set(places.map((place) => Math.floor(place / index.perPage) + 1))];
  const pages = new Map();
  await Promise.all(numbers.map(async (number) => {
    const name = number === 1 ? "publications/" : `publications/page/${number}/`;
    const page = new DOMParser().parseFromString(await read(name), "text/html");
    pages.set(number, [...page.querySelectorAll("#results article.publication")]);
    for (const card of pages.get(number)) settle(card, new URL(name, SITE));
  }));
  return places.map((place) => pages.get(Math.floor(place / index.perPage) + 1)[place % index.perPage]).filter(Boolean);
}

/** Have the links of a part of a page lead from here where they led from there. */
function settle(part, page) {
  for (const name of ["href", "src"]) {
    for (const one of part.querySelectorAll(`[${name}]`)) one.setAttribute(name, new URL(one.getAttribute(name), page).href);
  }
  for (const one of part.querySelectorAll("[srcset]")) {
    one.setAttribute("srcset", one.getAttribute("srcset").replace(/([^\s,]\S*)((?:\s+[\d.]+[wx])?\s*(?:,\s*|$))/g, (_, address, rest) => new URL(address, page).href + rest));
  }
}

function byYear(index, places, cards) {
  const sections = [];
  let last;
  for (const [number, place] of places.entries()) {
    const year = index.works[place][0];
    if (year !== last || !sections.length) {
      const id = `year-${year ?? "none"}`;
      sections.push(element("section", { class: "year", "aria-labelledby": id }, element("h2", { id }, String(year ?? "Undated"))));
      last = year;
    }
    sections.at(-1).append(cards[number]);
  }
  return sections;
}

async function othersOf(index, wanted, query, found) {
  if (!isSearch || !found || wanted.page > 1 || wanted.year || wanted.type || "year" in query.facts || "tag" in query.facts) return [];
  const sections = [];
  let first = index.works.length;
  for (const [title, items] of await read("search/others.json")) {
    const [start, end] = [first, first + items.length];
    first = end;
    const places = [...found.keys()].filter((place) => place >= start && place < end);
    places.sort((a, b) => found.get(b) - found.get(a) || a - b);
    if (!places.length || !title.toLowerCase().startsWith(fold(query.facts.type ?? ""))) continue;
    const list = element("ul", { class: "plain-list" });
    for (const place of places.slice(0, MOST_OF_A_KIND)) {
      const item = element("li");
      item.innerHTML = items[place - start]; // written by the export, as the live page has it
      settle(item, new URL("search/", SITE));
      list.append(item);
    }
    sections.push(element("section", {}, element("h2", {}, title), list));
  }
  return sections;
}

function pagesOf(wanted, last) {
  if (last < 2) return "";
  const nav = element("nav", { class: "pages", "aria-label": "Pages" });
  const to = (page, ...label) => element("a", { href: addressOf(wanted, { page }) }, ...label);
  const near = [1, wanted.page - 2, wanted.page - 1, wanted.page, wanted.page + 1, wanted.page + 2, last];
  const list = element("ul");
  for (const page of [...new Set(near)].filter((one) => one >= 1 && one <= last)) {
    const label = [hidden("Page "), String(page)];
    list.append(element("li", {}, page === wanted.page ? element("span", { "aria-current": "page" }, ...label) : to(page, ...label)));
  }
  if (wanted.page > 1) nav.append(to(wanted.page - 1, "Previous"));
  nav.append(list);
  if (wanted.page < last) nav.append(to(wanted.page + 1, "Next"));
  return nav;
}

function nothing(wanted, others) {
  if (!isSearch) return element("p", { class: "empty" }, "No results. ", element("a", { href: here.href }, "Show all publications"), ".");
  return others.length ? "" : element("p", { class: "empty" }, "No results. Try fewer words, or only the beginning of a word.");
}

async function draw(address, count) {
  const wanted = asking(new URL(address));
  if (isEmpty(wanted)) {
    replaceFacets(untouched.facets);
    results.replaceChildren(...untouched.results);
    document.title = untouched.title;
    return;
  }
  const index = await read("search/works.json");
  const query = parse(wanted.q);
  const isNothing = isSearch && !query.terms.length && !Object.keys(query.facts).length;
  const found = isNothing ? new Map() : await find(index, query);
  const matches = matcher(index, wanted, query, found);
  const all = matches();
  if (isSearch && found) all.sort((a, b) => found.get(b) - found.get(a) || a - b);
  const size = isSearch ? MOST_ON_A_PAGE : index.perPage;
  const last = Math.max(1, Math.ceil(all.length / size));
  wanted.page = Math.min(wanted.page, last);
  const shown = all.slice((wanted.page - 1) * size, wanted.page * size);
  const [cards, others] = await Promise.all([cardsOf(index, shown), othersOf(index, wanted, query, found)]);
  if (count !== asked) return;
  const [line, labels] = chosenOf(index, wanted, all.length);
  replaceFacets(facetsOf(choicesOf(index, wanted, matches)));
  const status = element("p", { class: "visually-hidden", role: "status" }, `${counted(all.length, "publication")} found`);
  const list = isSearch && cards.length ? [element("section", {}, element("h2", {}, "Publications"), ...cards)] : byYear(index, shown, cards);
  results.replaceChildren(...[status, line, ...others, ...(cards.length ? list : [nothing(wanted, others)]), pagesOf(wanted, last)].filter(Boolean));
  const said = isSearch ? wanted.q : labels;
  if (said) document.title = untouched.title.replace(/^\p{L}+/u, (name) => `${name}: ${said}`);
}

function replaceFacets(facets) {
  const old = document.getElementById("facets");
  if (old === facets) return;
  if (!facets) {
    old.remove();
    filters.querySelector("[popovertarget=facets]").remove();
    return;
  }
  if (!old) {
    filters.append(element("button", { type: "button", class: "button", popovertarget: "facets" }, "Filters"), facets);
    return;
  }
  const titled = (box) => box.querySelector("summary").textContent;
  const boxes = new Map([...old.querySelectorAll("details")].map((box) => [titled(box), box]));
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const [title, label] = [focused?.closest("details") && titled(focused.closest("details")), focused?.textContent];
  const tops = new Map([...boxes].map(([name, box]) => [name, box.querySelector("ul").scrollTop]));
  old.replaceWith(facets);
  for (const box of facets.querySelectorAll("details")) {
    if (boxes.has(titled(box))) box.open = boxes.get(titled(box)).open;
    box.querySelector("ul").scrollTop = tops.get(titled(box)) ?? 0;
  }
  if (!focused) return;
  const box = [...facets.querySelectorAll("details")].find((one) => titled(one) === title);
  const choice = [...(box?.querySelectorAll("a") ?? [])].find((one) => one.textContent === label);
  // On a narrow screen the choices are closed now, and the button that opens them takes their place.
  (choice?.checkVisibility() ? choice : filters.querySelector("[popovertarget=facets]")).focus();
}

function fill(wanted, { keepsText }) {
  if (!keepsText) form.elements.q.value = wanted.q;
  for (const field of form.querySelectorAll("input[type=hidden]")) field.remove();
  const pairs = [...wanted.tags.map((tag) => ["tag", tag]), ...["year", "type", "author"].map((name) => [name, wanted[name]])];
  for (const [name, value] of pairs) if (value) form.append(element("input", { type: "hidden", name, value }));
}

async function show(address, { add, keepsText = false } = {}) {
  const wanted = asking(new URL(address));
  // The list without filters has pages of its own, of which only the one that was opened can be shown in place.
  if (isEmpty(wanted) && startedOn !== here.pathname) {
    location.assign(address);
    return;
  }
  const count = ++asked;
  results.classList.add("busy");
  try {
    await draw(address, count);
  } catch {
    if (count === asked) {
      results.replaceChildren(element("p", { class: "empty", role: "alert" }, "The index could not be read. Load the page again."));
    }
  }
  if (count !== asked) return;
  results.classList.remove("busy");
  fill(wanted, { keepsText });
  if (add === true) history.pushState({}, "", address);
  else if (add === false) history.replaceState({}, "", address);
}

function typedAddress() {
  const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  return here.href + (fields.size ? `?${fields}` : "");
}

document.addEventListener("input", (event) => {
  if (event.target !== form.elements.q) return;
  clearTimeout(typed);
  typed = setTimeout(() => show(typedAddress(), { add: false, keepsText: true }), 250);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typed);
  show(typedAddress(), { add: true, keepsText: true });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#filters a, #results .selected a, #results .chart a, #results .pages a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.href);
  if (address.pathname !== here.pathname || (address.search === "" && link.closest(".pages"))) return;
  event.preventDefault();
  clearTimeout(typed);
  show(address.href, { add: true });
});
addEventListener("popstate", () => show(location.href));
if (location.search) show(location.href);
