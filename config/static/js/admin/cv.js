// The form of a CV: shows the options of each kind of part, sorts chosen records, and previews the PDF.

const form = document.querySelector(".cv-preview").closest("form");

function showOptions(row) {
  const kind = row.querySelector("select[name$='-kind']")?.value;
  for (const option of row.querySelectorAll("[data-kinds]")) {
    option.hidden = Boolean(kind) && !option.dataset.kinds.split(" ").includes(kind);
  }
}

function button(text, label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", action);
  return made;
}

// Chosen records stay at the top, in the order in which they were chosen; buttons move them.
function preparePicks(picks) {
  const list = picks.querySelector("ol");
  const summary = picks.querySelector("summary");
  const isChosen = (row) => row.querySelector("input").checked;
  const changed = () => {
    const count = [...list.children].filter(isChosen).length;
    summary.textContent = count ? `${count} chosen` : "All; choose some";
    form.dispatchEvent(new Event("change"));
  };
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "Filter";
  filter.setAttribute("aria-label", "Filter the records");
  filter.addEventListener("input", (event) => {
    event.stopPropagation();
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const row of list.children) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
  filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  list.before(filter);
  const move = (row, step) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other || !isChosen(other)) return;
    if (step < 0) other.before(row);
    else other.after(row);
    changed();
  };
  for (const row of list.children) {
    const name = row.textContent.trim();
    const up = button("↑", `Move “${name}” up`, () => { move(row, -1); up.focus(); });
    const down = button("↓", `Move “${name}” down`, () => { move(row, 1); down.focus(); });
    const mover = document.createElement("span");
    mover.className = "mover";
    mover.append(up, down);
    mover.hidden = !isChosen(row);
    row.append(mover);
    row.querySelector("input").addEventListener("change", (event) => {
      event.stopPropagation();
      mover.hidden = !isChosen(row);
      const last = [...list.children].filter((one) => one !== row && isChosen(one)).at(-1);
      if (last) last.after(row);
      else list.prepend(row);
      changed();
    });
  }
}

const rowsOf = () => [...document.querySelectorAll(".cv-parts tr.form-row:not(.empty-form)")];

for (const row of rowsOf()) {
  showOptions(row);
  row.querySelectorAll(".picks").forEach(preparePicks);
}
form.addEventListener("change", (event) => {
  if (event.target.name?.endsWith("-kind")) showOptions(event.target.closest("tr"));
});
document.addEventListener("formset:added", (event) => showOptions(event.target));

const preview = document.querySelector("[data-preview].cv-preview");
const pages = preview.querySelector(".cv-pages");
const status = preview.querySelector("[role=status]");
let asked = 0;

// The counts are in the order of the parts that are not deleted.
function showCounts() {
  const counts = [...pages.querySelectorAll("[data-count]")].map((item) => item.dataset.count);
  const parts = rowsOf().filter((row) => !row.querySelector("input[name$='-DELETE']")?.checked);
  if (counts.length !== parts.length) return;
  parts.forEach((row, place) => { row.querySelector(".part-count").textContent = counts[place]; });
}

async function show() {
  const count = ++asked;
  const data = new FormData(form);
  data.set("_fragment", "1");
  for (const name of [...data.keys()]) if (data.get(name) instanceof File) data.delete(name);
  try {
    const answer = await fetch(preview.dataset.preview, { method: "POST", body: data });
    const text = await answer.text();
    if (count !== asked) return;
    if (!answer.ok) throw new Error();
    const shown = document.createElement("div");
    shown.innerHTML = text;
    const message = shown.querySelector(".page-count, .errornote");
    status.textContent = message.textContent.trim();
    status.classList.toggle("errornote", message.classList.contains("errornote"));
    // Without a new preview, the last one stays.
    if (!message.classList.contains("page-count")) return;
    pages.replaceChildren(...shown.childNodes);
    showCounts();
  } catch {
    if (count === asked) status.textContent = "The preview is not available right now.";
  }
}

let waiting;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, 600);
}
form.addEventListener("change", soon);
form.addEventListener("input", soon);
document.addEventListener("drop", soon);
document.addEventListener("dragend", soon);
form.addEventListener("click", (event) => { if (event.target.closest(".mover, .inline-deletelink")) soon(); });
show();
