// Suggests cities while an editor types one, and fills in the country of the chosen one.

function suggestCities(city) {
  const country = city.form.elements[city.name.replace(/city$/, "country")];
  const list = document.createElement("datalist");
  list.id = `${city.id}_list`;
  city.after(list);
  city.setAttribute("list", list.id);
  let found = new Map();
  let asked = 0;

  const suggest = async () => {
    const count = ++asked;
    const answer = await fetch(`${city.dataset.cities}?${new URLSearchParams({ q: city.value })}`);
    if (!answer.ok || count !== asked) return;
    const { cities } = await answer.json();
    found = new Map(cities.map((one) => [`${one.name}, ${one.country}`, one]));
    list.replaceChildren(...[...found.keys()].map((text) => new Option(text, text)));
  };

  let waiting;
  city.addEventListener("input", () => {
    clearTimeout(waiting);
    const chosen = found.get(city.value);
    if (!chosen) {
      waiting = setTimeout(suggest, 150);
      return;
    }
    city.value = chosen.name;
    if (country) country.value = chosen.country;
    list.replaceChildren();
  });
}

function suggestIn(part) {
  for (const city of part.querySelectorAll("input[data-cities]")) {
    if (!city.name.includes("__prefix__")) suggestCities(city);
  }
}

suggestIn(document);
document.addEventListener("formset:added", (event) => suggestIn(event.target));
