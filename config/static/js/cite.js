// Buttons that copy a citation: as rich text with its italics where it has any, and as plain text.

const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.querySelector(".cite")?.append(said);

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
  // Without a clipboard (a page without HTTPS) the text is marked, for the keyboard to copy.
  getSelection().selectAllChildren(citation);
}

for (const box of document.querySelectorAll(".citation")) {
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
        said.textContent = "The text is marked; copy it with the keyboard";
      }
    });
    buttons.append(button);
  }
  box.append(buttons);
}
