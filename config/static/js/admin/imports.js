// The admin's import pages: a progress bar while the server works, and a checkbox that selects a whole group.

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const busy = document.createElement("p");
    busy.className = "busy";
    busy.setAttribute("role", "status");
    busy.append(form.dataset.busy, document.createElement("progress"));
    form.append(busy);
  });
}

// The browser's back button may restore the page as it was when the form was sent.
window.addEventListener("pageshow", () => document.querySelectorAll(".busy").forEach((busy) => busy.remove()));

for (const group of document.querySelectorAll(".review fieldset")) {
  const ticks = [...group.querySelectorAll("input[name^='select-']")];
  if (ticks.length < 2) continue;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all");
  const show = () => {
    all.checked = ticks.every((tick) => tick.checked);
    all.indeterminate = !all.checked && ticks.some((tick) => tick.checked);
  };
  all.addEventListener("change", () => ticks.forEach((tick) => { tick.checked = all.checked; }));
  group.addEventListener("change", show);
  group.querySelector("thead .tick").prepend(all, " ");
  show();
}

// The boxes of a name in each work are shown if the name is decided for each work.
for (const choice of document.querySelectorAll(".review .names input[type='radio']")) {
  const show = () => {
    if (!choice.checked) return;
    for (const box of document.querySelectorAll(`[data-name="${choice.name.replace("name-", "")}"]`)) {
      box.hidden = choice.value !== "later";
    }
  };
  choice.addEventListener("change", show);
  window.addEventListener("pageshow", show);
}
