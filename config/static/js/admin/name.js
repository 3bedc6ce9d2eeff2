// The name in a person's form: its parts follow while it is typed, until an editor sets one, with a sample citation.

const sample = document.querySelector(".field-cited_as output");
const name = document.getElementById("id_name");
const parts = Object.fromEntries(
  ["given", "particle", "family", "suffix"].map((part) => [part, document.getElementById(`id_${part}`)]),
);

if (sample && name && Object.values(parts).every(Boolean)) {
  const fields = Object.values(parts);
  const areEmpty = () => fields.every((field) => !field.value.trim());
  let follows = Boolean(sample.dataset.follows) || areEmpty();
  let waiting;
  let asked = 0;
  let isShown = true; // whether the parts are those of the name as it is typed

  const show = async () => {
    const number = ++asked;
    const query = new URLSearchParams({ name: name.value });
    if (!follows) fields.forEach((field) => query.set(field.name, field.value));
    try {
      const answer = await fetch(`${sample.dataset.url}?${query}`);
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (number !== asked) return;
      if (follows) for (const [part, field] of Object.entries(parts)) field.value = found.parts[part];
      sample.textContent = found.citation;
      isShown = true;
    } catch {
      sample.textContent = "The citation cannot be shown right now. The parts are filled in when you save.";
    }
  };

  const later = () => {
    isShown = false;
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  };

  name.addEventListener("input", later);
  for (const field of fields) {
    field.addEventListener("input", () => {
      follows = areEmpty();
      later();
    });
  }
  // The answer for the last letters may still be on its way. The server fills in what is empty.
  name.form.addEventListener("submit", () => {
    asked++;
    clearTimeout(waiting);
    if (follows && !isShown) fields.forEach((field) => { field.value = ""; });
  });
  // The browser's back button may restore the form as it was sent; a form with errors is shown with empty parts.
  window.addEventListener("pageshow", () => { if (follows) show(); });
}
