// Buttons that copy citations, as rich text (with italics) or as plain text. In a list, “Cite” opens the citations of a
// work in a dialog.

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

function enhance(cite) {
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

async function open(link) {
  const answer = await fetch(link.href.split("#")[0], { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
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
  enhance(cite);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
}

const here = document.querySelector(".cite");
if (here) enhance(here);
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-cite]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    await open(link);
  } catch {
    location.assign(link.href);
  }
});
