// Ordered rows of the admin's inlines: moved by dragging, with buttons, or with Alt and the arrow keys.

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");

function rowsOf(body) {
  return [...body.querySelectorAll(":scope > tr.form-row:not(.empty-form)")];
}

// Django shows the errors of a row in a separate row before it.
function withErrors(row) {
  const before = row.previousElementSibling;
  return before?.classList.contains("row-form-errors") ? [before, row] : [row];
}

function number(body) {
  rowsOf(body).forEach((row, place) => {
    const field = row.querySelector("input[name$='-position']");
    if (field) field.value = place + 1;
  });
}

function nameOf(row) {
  const chosen = row.querySelector(".field-person option:checked, .field-related option:checked, .field-target option:checked");
  const typed = [...row.querySelectorAll("input[type='text'], input:not([type])")].map((field) => field.value);
  const name = row.querySelector(".name")?.textContent;
  return [...typed, chosen?.textContent, name].find((text) => text?.trim())?.trim() || "The row";
}

function place(row, body, before) {
  const end = body.querySelector(":scope > tr.empty-form, :scope > tr.add-row");
  if (before) withErrors(before)[0].before(...withErrors(row));
  else if (end) end.before(...withErrors(row));
  else body.append(...withErrors(row));
  number(body);
  const rows = rowsOf(body);
  said.textContent = `${nameOf(row)} moved to position ${rows.indexOf(row) + 1} of ${rows.length}`;
}

function move(row, step) {
  const body = row.parentElement;
  const rows = rowsOf(body);
  const to = rows.indexOf(row) + step;
  if (to < 0 || to >= rows.length) return;
  place(row, body, step < 0 ? rows[to] : rows[to + 1]);
}

function button(label, text, step, row) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", () => { move(row, step); made.focus(); });
  return made;
}

let dragged = null;

// On a narrow screen the style sheet shows the name of the column above each field.
function label(row) {
  const heads = [...row.closest("table").querySelectorAll("thead th")];
  [...row.cells].forEach((cell, place) => {
    if (!cell.classList.contains("original")) cell.dataset.label = heads[place]?.textContent.trim() ?? "";
  });
}

function prepare(row) {
  label(row);
  const field = row.querySelector("input[name$='-position']");
  if (!field || row.querySelector(".mover") || row.classList.contains("empty-form")) return;
  const mover = document.createElement("span");
  mover.className = "mover";
  const handle = document.createElement("span");
  handle.className = "handle";
  handle.textContent = "⠿";
  handle.title = "Drag to move";
  handle.setAttribute("aria-hidden", "true");
  // Only the handle starts a drag, so that the mouse can still select text in the row's fields.
  handle.addEventListener("pointerdown", () => { row.draggable = true; });
  handle.addEventListener("pointerup", () => { row.draggable = false; });
  mover.append(handle, button("Move up", "↑", -1, row), button("Move down", "↓", 1, row));
  field.after(mover);
  field.type = "hidden";
  row.addEventListener("dragstart", (event) => {
    dragged = row;
    row.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  row.addEventListener("dragend", () => {
    row.draggable = false;
    row.classList.remove("dragged");
    dragged = null;
  });
  row.addEventListener("dragover", (event) => {
    if (!dragged || dragged.parentElement !== row.parentElement) return;
    event.preventDefault();
    if (dragged === row) return;
    const box = row.getBoundingClientRect();
    const above = event.clientY < box.top + box.height / 2;
    const rows = rowsOf(row.parentElement);
    place(dragged, row.parentElement, above ? row : rows[rows.indexOf(row) + 1]);
  });
  row.addEventListener("drop", (event) => event.preventDefault());
  row.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    const focused = document.activeElement;
    move(row, step);
    focused.focus();
  });
}

document.body.append(said);
for (const body of document.querySelectorAll(".inline-group .tabular tbody")) rowsOf(body).forEach(prepare);
document.addEventListener("formset:added", (event) => {
  const row = event.target;
  if (!row.matches?.("tr.form-row")) return;
  prepare(row);
  number(row.parentElement);
});

// The admin's autocomplete fields are made by select2, which does not label them for screen readers.
function nameBoxes() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const box = select.nextElementSibling;
    if (!box?.matches(".select2")) continue;
    const name = select.getAttribute("aria-label") || select.labels[0]?.textContent.replace(/:\s*$/, "").trim();
    for (const part of box.querySelectorAll(".select2-selection--single, .select2-selection__rendered[role], .select2-search__field")) {
      if (name) part.setAttribute("aria-label", name);
    }
  }
}
new MutationObserver(nameBoxes).observe(document.getElementById("content"), { childList: true, subtree: true });
nameBoxes();

// Shows a progress bar while a form with files is uploaded.
for (const form of document.querySelectorAll("#content-main form[enctype='multipart/form-data']")) {
  form.addEventListener("submit", () => {
    if (![...form.querySelectorAll("input[type='file']")].some((field) => field.files.length)) return;
    const busy = document.createElement("p");
    busy.className = "busy";
    busy.setAttribute("role", "status");
    busy.append("Uploading and saving… ", document.createElement("progress"));
    form.append(busy);
  });
}
window.addEventListener("pageshow", () => document.querySelectorAll(".busy").forEach((busy) => busy.remove()));
