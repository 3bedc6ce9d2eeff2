// Recognises the kind of a link while its address is typed, unless the editor has chosen one, and completes the address.

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

const fields = "input[data-kinds]";
const kindOf = (field) => field.closest("tr").querySelector("select[name$='-kind']");
const read = async (field) => {
  const answer = await fetch(`${field.dataset.kinds}&text=${encodeURIComponent(field.value.trim())}`);
  return answer.json();
};

const recognise = async (field, isComplete) => {
  const text = field.value;
  const select = kindOf(field);
  if (!text.trim()) return;
  const found = await read(field).catch(() => null);
  if (!found?.kind || field.value !== text) return;
  if (isComplete) field.value = found.address;
  if (select.dataset.chosen || select.value === found.kind) return;
  select.value = found.kind;
  said.textContent = `Kind: ${select.selectedOptions[0].textContent}`;
};

let waiting;
document.addEventListener("input", ({ target }) => {
  if (!target.matches(fields)) return;
  clearTimeout(waiting);
  waiting = setTimeout(recognise, 250, target, false);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("select[name$='-kind']")) {
    target.dataset.chosen = target.value && "true";
  } else if (target.matches(fields)) {
    clearTimeout(waiting);
    recognise(target, true);
  }
});
