// The admin's page of an action on very many rows: it asks for one part after another, and the bar fills.

const form = document.querySelector("form[data-goes-on]");
const button = form.querySelector("button");

async function goOn() {
  for (;;) {
    const answer = await fetch(location.href, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") break;
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    form.querySelector(".part").replaceWith(page.querySelector("form[data-goes-on] .part"));
    document.querySelector("h1").textContent = document.title = page.querySelector("h1").textContent;
  }
  location.replace(location.href); // the list, which tells how many are done
}

button.hidden = true;
goOn().catch(() => { button.hidden = false; });
