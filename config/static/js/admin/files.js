// Suggests values for the form from the metadata of a PDF that was chosen for upload.

const box = document.querySelector(".files");

if (box) {
  const token = document.querySelector("input[name='csrfmiddlewaretoken']").value;
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const list = document.createElement("ul");
  box.append(status, list);
  const fields = [["title", "Title"], ["doi", "DOI"], ["arxiv_id", "arXiv identifier"], ["arxiv_class", "arXiv class"]];

  const offer = (found) => {
    for (const [name, label] of fields) {
      const field = document.getElementById(`id_${name}`);
      if (!found[name] || !field || field.value.trim().toLowerCase() === found[name].toLowerCase()) continue;
      const item = document.createElement("li");
      const use = document.createElement("button");
      use.type = "button";
      use.textContent = "Use";
      use.className = "button";
      use.setAttribute("aria-label", `Use as ${label}`);
      use.addEventListener("click", () => {
        field.value = found[name];
        item.remove();
        field.focus();
      });
      item.append(`${label}: `, found[name], " ", use);
      list.append(item);
    }
  };

  const inspect = async (input) => {
    list.replaceChildren();
    status.textContent = "";
    for (const file of input.files) {
      status.textContent = `Reading ${file.name} … `;
      status.append(document.createElement("progress"));
      const body = new FormData();
      body.append("file", file);
      body.append("csrfmiddlewaretoken", token);
      try {
        const answer = await fetch(box.dataset.url, { method: "POST", body });
        const found = await answer.json();
        if (found.error) {
          status.textContent = found.error;
          return;
        }
        offer(found);
      } catch {
        status.textContent = "The file cannot be read right now. It is read when you save.";
        return;
      }
    }
    status.textContent = list.children.length ? "Found in the file:" : "";
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches(".files input[type='file'], #resources-group input[type='file']") && event.target.files.length) {
      inspect(event.target);
    }
  });
}
