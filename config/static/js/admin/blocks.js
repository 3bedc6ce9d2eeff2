// “Insert block” in the toolbar of a Markdown field: a dialog that writes a block such as {{ posts limit=3 }} at the cursor.

const KINDS = {
  publications: {
    label: "Publications",
    help: "The newest works that match. They change with your publications.",
    fields: [
      ["selected", "Only selected publications", "checkbox"],
      ["tag", "Tag", "search"],
      ["year", "Year", "number", { min: 1000, max: 9999 }],
      ["type", "Type", "search"],
      ["author", "Author", "search"],
      ["q", "Search text", "text"],
      ["limit", "At most (20 if empty)", "number", { min: 1, max: 50 }],
    ],
  },
  list: {
    label: "List of publications",
    help: "A list that you have saved under “Lists of publications”.",
    fields: [["name", "List", "search", { kind: "list", required: true }], ["limit", "At most (50 if empty)", "number", { min: 1, max: 200 }]],
  },
  person: { label: "Person", help: "Photo, name and headline.", fields: [["", "Person", "search", { kind: "person", required: true }]] },
  project: { label: "Project", help: "The project’s card.", fields: [["", "Project", "search", { kind: "project", required: true }]] },
  posts: {
    label: "Latest news",
    help: "The newest posts.",
    fields: [["tag", "Tag", "search"], ["limit", "At most (5 if empty)", "number", { min: 1, max: 20 }]],
  },
  video: {
    label: "Video",
    help: "Nothing is loaded from another site before a visitor clicks.",
    fields: [
      ["", "Address on YouTube, Vimeo or PeerTube, or the name of a file beside the page", "text", { required: true }],
      ["title", "Title", "text"],
      ["poster", "Poster image", "image"],
    ],
  },
  gallery: { label: "Gallery", help: "Images beside each other.", fields: [["images", "Images", "images", { required: true }]] },
};

const token = document.querySelector("input[name='csrfmiddlewaretoken']")?.value;
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const quoted = (text) => (/^[^\s"“”{}=]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);
const oneLine = (text) => text.trim().replace(/\s+/g, " ");
const inMarkdown = (text) => oneLine(text).replace(/[\\[\]"*_`$<]/g, "\\$&");

let count = 0;
let area; // the text that the dialog was opened for

const status = make("p", { role: "status" });
const say = (text, isError = false) => {
  status.textContent = text;
  status.classList.toggle("errornote", isError);
};

async function upload(file) {
  const body = new FormData();
  body.append("file", file, file.name);
  body.append("csrfmiddlewaretoken", token);
  const answer = await fetch(area.dataset.upload, { method: "POST", body });
  const found = await answer.json().catch(() => ({ error: "The image could not be uploaded. Try again." }));
  if (found.error) throw new Error(found.error);
  return found.url;
}

// A text field that suggests slugs while somebody types a name.
function suggest(input, kind) {
  const list = make("datalist", { id: `${input.id}-list` });
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  let choices = [];
  let asked = 0;
  let waiting;
  const ask = async () => {
    const number = ++asked;
    const answer = await fetch(`${area.dataset.blocks}?${new URLSearchParams({ kind, q: input.value })}`);
    if (!answer.ok || number !== asked) return;
    ({ choices } = await answer.json());
    list.replaceChildren(...choices.map(({ value, label }) => new Option(label, value)));
  };
  input.addEventListener("focus", ask);
  input.addEventListener("change", () => {
    // Somebody has typed a name and not chosen it from the list.
    const typed = input.value.trim().toLowerCase();
    const only = choices.length === 1 ? choices[0] : undefined;
    const found = choices.find(({ value, label }) => [value, label.toLowerCase()].includes(typed)) ?? only;
    if (typed && found) input.value = found.value;
  });
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  return list;
}

// Return [row, function that returns the value, or several lines for a gallery].
function field([name, label, type, options = {}]) {
  const id = `block-${++count}`;
  const caption = make("label", { htmlFor: id, textContent: label });
  if (type === "image" || type === "images") return files(id, caption, type === "images", options);
  const input = make("input", { id, type: type === "search" ? "text" : type, required: Boolean(options.required) });
  if (options.max) Object.assign(input, { min: options.min, max: options.max });
  const row = make("p", {}, caption, input);
  if (type === "checkbox") {
    row.prepend(input);
    return [row, () => (input.checked ? name : "")];
  }
  if (type === "search") row.append(suggest(input, options.kind ?? name));
  return [row, () => {
    const value = oneLine(input.value);
    return value && (name ? `${name}=${quoted(value)}` : quoted(value));
  }];
}

function files(id, caption, several, options) {
  const input = make("input", { id, type: "file", accept: "image/jpeg,image/png,image/webp,image/avif", multiple: several });
  const list = make("ul", { className: "images" });
  const images = [];
  const required = Boolean(options.required);
  input.required = required;
  input.addEventListener("change", async () => {
    say("Uploading …");
    try {
      for (const file of [...input.files]) {
        const image = { url: await upload(file) };
        if (!several) images.length = 0;
        images.push(image);
        const row = make("li", {}, make("img", { src: image.url, alt: file.name }));
        if (several) {
          image.alt = make("input", { type: "text", required: true });
          image.caption = make("input", { type: "text" });
          row.append(make("label", {}, "What it shows ", image.alt), make("label", {}, "Caption ", image.caption));
          list.append(row);
        } else {
          list.replaceChildren(row);
        }
      }
      say("");
    } catch (error) {
      say(error.message, true);
    }
    input.value = "";
    input.required = required && !images.length;
  });
  const line = ({ url, alt, caption: text }) => {
    const title = inMarkdown(text.value);
    return `![${inMarkdown(alt.value)}](${url}${title && ` "${title}"`})`;
  };
  const value = () => (several ? images.map(line).join("\n") : images.length ? `poster=${quoted(images[0].url)}` : "");
  return [make("div", { className: "upload" }, make("p", {}, caption, input), list), value];
}

const title = make("h2", { id: "block-title", textContent: "Insert a block" });
const kind = make("select", { id: "block-kind" });
kind.append(...Object.entries(KINDS).map(([name, { label }]) => new Option(label, name)));
const help = make("p", { className: "help" });
const fields = make("div", { className: "fields" });
const insert = make("button", { className: "button default", textContent: "Insert" });
const cancel = make("button", { type: "button", className: "button", textContent: "Cancel" });
const form = make("form", { method: "dialog" });
form.append(title, make("p", {}, make("label", { htmlFor: kind.id, textContent: "Block" }), kind), help, fields, status);
form.append(make("p", { className: "buttons" }, insert, " ", cancel));
const dialog = make("dialog", { className: "block-dialog" }, form);
dialog.setAttribute("aria-labelledby", title.id);

let values = [];
const show = () => {
  const { fields: wanted, help: text } = KINDS[kind.value];
  const rows = wanted.map(field);
  values = rows.map(([, value]) => value);
  help.textContent = text;
  fields.replaceChildren(...rows.map(([row]) => row));
  say("");
};
kind.addEventListener("change", show);
cancel.addEventListener("click", () => dialog.close());
form.addEventListener("submit", () => {
  const written = values.map((value) => value()).filter(Boolean);
  const block = kind.value === "gallery"
    ? `{{ gallery }}\n${written.join("\n")}\n{{ /gallery }}`
    : `{{ ${[kind.value, ...written].join(" ")} }}`;
  const target = area;
  // The dialog gives the focus back when it closes; then the text can be inserted so that it can be undone.
  dialog.addEventListener("close", () => target.dispatchEvent(new CustomEvent("insert-block", { detail: block })), { once: true });
});

const areas = document.querySelectorAll("textarea[data-blocks]");
if (areas.length) document.body.append(dialog);
for (const one of areas) {
  const button = make("button", { type: "button", textContent: "Insert block" });
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", () => {
    area = one;
    show();
    dialog.showModal();
  });
  one.closest(".markdown").querySelector(".tools").append(button);
}
