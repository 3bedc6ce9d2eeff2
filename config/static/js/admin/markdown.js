// A Markdown field with a toolbar, a live preview rendered by the server, image upload by paste or drop, and a word count.

const token = document.querySelector("input[name='csrfmiddlewaretoken']")?.value;
const words = (text) => text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;

const TOOLS = [
  ["Bold", "B", (text) => ["**", text || "bold", "**"]],
  ["Italic", "I", (text) => ["*", text || "italic", "*"]],
  ["Heading", "H", (text) => ["\n\n## ", text || "Heading", "\n\n"]],
  ["Link", "Link", (text) => ["[", text || "link text", "](https://)"]],
  ["List", "•", (text) => ["\n\n", (text || "item").split("\n").map((line) => `- ${line}`).join("\n"), "\n\n"]],
  ["Quotation", "❝", (text) => ["\n\n", (text || "quotation").split("\n").map((line) => `> ${line}`).join("\n"), "\n\n"]],
  ["Code", "‹›", (text) => ["`", text || "code", "`"]],
  ["Maths in TeX", "∑", (text) => ["$", text || "E = mc^2", "$"]],
];

function enhance(area) {
  const { preview, upload, level, blocks } = area.dataset;
  const box = document.createElement("div");
  box.className = "markdown";
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Formatting");
  const frame = document.createElement("iframe");
  frame.title = "Preview";
  frame.setAttribute("sandbox", "allow-same-origin");
  const status = document.createElement("p");
  status.className = "status";
  status.setAttribute("role", "status");
  const count = document.createElement("p");
  count.className = "count";
  area.before(box);
  const panes = document.createElement("div");
  panes.className = "panes";
  panes.append(area, frame);
  box.append(bar, panes, count, status);

  const write = (text) => {
    // Unlike setRangeText, this command can be undone with the keyboard.
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const wrap = ([before, text, after]) => {
    area.focus();
    const start = area.selectionStart;
    const lines = start === 0 ? before.replace(/^\n+/, "") : before;
    write(lines + text + after);
    area.setSelectionRange(start + lines.length, start + lines.length + text.length);
  };
  const selected = () => area.value.slice(area.selectionStart, area.selectionEnd);

  for (const [label, sign, make] of TOOLS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => wrap(make(selected())));
    bar.append(button);
  }
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const tool = { b: 0, i: 1, k: 3 }[event.key.toLowerCase()];
    if (tool === undefined) return;
    event.preventDefault();
    wrap(TOOLS[tool][2](selected()));
  });

  let asked = 0;
  const show = async () => {
    const number = ++asked;
    count.textContent = `${words(area.value)} word${words(area.value) === 1 ? "" : "s"}`;
    try {
      const body = new URLSearchParams({ text: area.value, level, csrfmiddlewaretoken: token });
      if (blocks) body.set("blocks", "shown");
      const answer = await fetch(preview, { method: "POST", body });
      const page = await answer.text();
      if (number !== asked) return;
      if (!answer.ok) throw new Error(answer.status === 413 ? page : "");
      frame.srcdoc = page;
    } catch (error) {
      status.textContent = error.message || "The preview is not available right now.";
    }
  };
  let waiting;
  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });

  const send = async (file) => {
    status.textContent = `Uploading ${file.name || "the image"} …`;
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    body.append("csrfmiddlewaretoken", token);
    try {
      const answer = await fetch(upload, { method: "POST", body });
      const found = await answer.json();
      if (found.error) throw new Error(found.error);
      wrap(["![", "What the image shows", `](${found.url})`]);
      status.textContent = "Image uploaded. Describe it between the brackets for people who cannot see it.";
    } catch (error) {
      status.textContent = error instanceof SyntaxError || error instanceof TypeError ? "The image could not be uploaded. Try again." : error.message;
    }
  };
  const images = (list) => [...(list ?? [])].filter((file) => file.type.startsWith("image/"));
  const take = async (event, list) => {
    const found = images(list);
    if (!found.length) return;
    event.preventDefault();
    for (const file of found) await send(file);
  };
  area.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  area.addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
  area.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });

  const picker = document.createElement("input");
  picker.type = "file";
  picker.accept = "image/jpeg,image/png,image/webp,image/avif";
  picker.hidden = true;
  picker.addEventListener("change", async () => {
    for (const file of images(picker.files)) await send(file);
    picker.value = "";
  });
  const image = document.createElement("button");
  image.type = "button";
  image.textContent = "Image";
  image.addEventListener("click", () => picker.click());
  bar.append(image, picker);
  // From blocks.js: a text for a separate line.
  area.addEventListener("insert-block", (event) => {
    const [before] = area.value.slice(0, area.selectionStart).match(/\n{0,2}$/);
    const [after] = area.value.slice(area.selectionEnd).match(/^\n{0,2}/);
    wrap(["\n\n".slice(before.length), event.detail, "\n\n".slice(after.length)]);
  });
  show();
}

document.querySelectorAll("textarea[data-preview]").forEach(enhance);
