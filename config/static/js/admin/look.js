// The Look form of the admin: moves blocks with buttons, and previews the home page with each choice.

const list = document.querySelector(".blocks");
const form = list.closest("form");
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
list.after(said);

function number() {
  [...list.children].forEach((row, index) => { row.querySelector("input[type=number]").value = index + 1; });
}

for (const row of list.children) {
  const place = row.querySelector("input[type=number]");
  place.hidden = true;
  const mover = document.createElement("span");
  mover.className = "mover";
  const label = row.textContent.trim();
  for (const [text, name, move] of [
    ["↑", "up", () => row.previousElementSibling?.before(row)],
    ["↓", "down", () => row.nextElementSibling?.after(row)],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", `Move “${label}” ${name}`);
    button.addEventListener("click", () => {
      move();
      number();
      button.focus();
      said.textContent = `${label} moved to position ${place.value} of ${list.children.length}`;
      form.dispatchEvent(new Event("change"));
    });
    mover.append(button);
  }
  row.prepend(mover);
}

const box = document.querySelector("[data-look]");
if (box) {
  const frame = box.querySelector("iframe");
  const status = box.querySelector("[role=status]");
  let asked = 0;
  const show = async () => {
    const count = ++asked;
    try {
      const answer = await fetch(box.dataset.look, { method: "POST", body: new FormData(form) });
      const page = await answer.text();
      if (count !== asked) return;
      if (!answer.ok) throw new Error(answer.status === 400 ? page : "The preview is not available right now.");
      frame.srcdoc = page;
      status.textContent = "";
    } catch (error) {
      status.textContent = error instanceof TypeError ? "The preview is not available right now." : error.message;
    }
  };
  let waiting;
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
  box.hidden = false;
  show();
}
