// Says what the chosen publishing state does, and shows the date only where it means something.

const outcome = document.querySelector(".outcome");
const states = [...document.querySelectorAll("input[name='state']")];
const row = document.querySelector(".form-row.field-publish_at");

if (outcome && row && states.length) {
  const sentences = JSON.parse(outcome.dataset.outcomes);
  const isPublic = outcome.dataset.public === "True";
  const inputs = ["0", "1"].map((part) => document.getElementById(`id_publish_at_${part}`));
  const dates = { published: ["", ""], scheduled: ["", ""] }; // "Published" and "Scheduled" each have their own date
  let last;

  const chosen = () => states.find((input) => input.checked)?.value ?? "draft";
  const dateOf = (state) => (state === "scheduled" ? "scheduled" : "published");
  const isFuture = ([day, time]) => {
    // The site's clock, in the format of the fields: 2027-05-03 14:30:00.
    const now = new Date().toLocaleString("sv-SE", { timeZone: outcome.dataset.zone });
    return day !== "" && `${day} ${time || "00:00"}` > now;
  };

  const written = ([day, time]) => {
    const format = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    const date = new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", format);
    return `${date}, ${(time || "00:00").slice(0, 5)} (${outcome.dataset.zone})`;
  };

  const say = () => {
    const state = chosen();
    const date = inputs.map((input) => input.value);
    let key = state;
    if (state === "scheduled" && !isFuture(date)) key = "undated";
    if (state === "published") key = !date[0] || isFuture(date) ? "now" : isPublic ? "since" : "dated";
    outcome.textContent = sentences[key].replace("{date}", () => written(date));
  };

  const arrange = () => { row.hidden = chosen() === "draft" && !row.querySelector(".errorlist"); };

  const choose = () => {
    const date = inputs.map((input) => input.value);
    dates[isFuture(date) ? "scheduled" : dateOf(last)] = date;
    last = chosen();
    inputs.forEach((input, part) => { input.value = dates[dateOf(last)][part]; });
    arrange();
    say();
  };

  last = chosen();
  arrange();
  for (const input of states) input.addEventListener("change", choose);
  for (const input of inputs) input.addEventListener("input", say);
}
