// The form of the menu: dragging a row to the right, or Alt and →, puts it into the submenu of the entry above it.

const STEP = 40; // pixels

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

function indent(row, isSub) {
  const box = row.querySelector("input[name$='-is_sub']");
  if (!box || box.checked === isSub) return;
  box.checked = isSub;
  said.textContent = isSub ? "In the submenu of the entry above" : "In the menu itself";
}

let start = 0;
document.addEventListener("dragstart", (event) => { start = event.clientX; });
document.addEventListener("dragover", (event) => {
  const row = document.querySelector("tr.dragged");
  if (!row || Math.abs(event.clientX - start) < STEP) return;
  indent(row, event.clientX > start);
  start = event.clientX;
});
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("#items-group tr.form-row");
  if (!row || !event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  indent(row, event.key === "ArrowRight");
});
