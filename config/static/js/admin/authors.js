// The field for several authors at once: shows how their names are read, and adds a row for each author.

const box = document.querySelector(".byline");

if (box) {
  const { url, prefix } = box.dataset;
  const text = box.querySelector("textarea");
  const token = document.querySelector("input[name='csrfmiddlewaretoken']").value;
  const list = document.createElement("ol");
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const use = document.createElement("button");
  use.type = "button";
  use.className = "button";
  use.textContent = "Add authors";
  use.hidden = true;
  box.append(status, list, use);
  let authors = [];
  let waiting;
  let asked = 0;

  const described = (author) => {
    const item = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = author.printed;
    item.append(name);
    if (author.certain) {
      item.append(` is ${author.person_name}, ${author.reason}`);
    } else if (author.person) {
      const label = document.createElement("label");
      const tick = document.createElement("input");
      tick.type = "checkbox";
      tick.addEventListener("change", () => { author.accepted = tick.checked; });
      label.append(tick, ` ${author.person_name}`);
      item.append(" might be: ", label);
    } else {
      item.append(" (not in People; stored as a plain name)");
    }
    return item;
  };

  const show = async () => {
    const number = ++asked;
    if (!text.value.trim()) {
      authors = [];
    } else {
      try {
        const body = new URLSearchParams({ byline: text.value, csrfmiddlewaretoken: token });
        const answer = await fetch(url, { method: "POST", body });
        if (!answer.ok) throw new Error(answer.status);
        const found = (await answer.json()).authors;
        if (number !== asked) return;
        authors = found;
      } catch {
        status.textContent = "The names cannot be shown right now. They are added when you save.";
        return;
      }
    }
    status.textContent = authors.length ? `${authors.length === 1 ? "One author" : `${authors.length} authors`}:` : "";
    list.replaceChildren(...authors.map(described));
    use.hidden = !authors.length;
  };

  const freeRow = () => {
    const group = document.getElementById(`${prefix}-group`);
    const rows = [...group.querySelectorAll("tr.form-row:not(.empty-form):not(.has_original)")];
    const empty = rows.find((row) => !row.querySelector("[name$='-name']").value && !row.querySelector("select[name$='-person']").value);
    if (empty) return empty;
    group.querySelector(".add-row a").click();
    return [...group.querySelectorAll("tr.form-row:not(.empty-form)")].at(-1);
  };

  use.addEventListener("click", () => {
    for (const author of authors) {
      const row = freeRow();
      const isPerson = author.certain || author.accepted;
      if (isPerson) {
        const select = row.querySelector("select[name$='-person']");
        select.append(new Option(author.person_name, author.person, true, true));
        django.jQuery(select).trigger("change");
      }
      row.querySelector("[name$='-name']").value = isPerson && author.person_name === author.printed ? "" : author.printed;
    }
    status.textContent = "";
    const made = authors.length;
    if (/(^|\s)(et\.? al|others)\W*$/i.test(text.value)) document.getElementById("id_has_more_authors").checked = true;
    text.value = "";
    authors = [];
    list.replaceChildren();
    use.hidden = true;
    status.textContent = `${made} author${made === 1 ? "" : "s"} added below. Save to store them.`;
    text.focus();
  });

  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  });
  if (text.value) show();
}
