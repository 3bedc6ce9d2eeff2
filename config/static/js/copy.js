// Buttons that copy what stands in a field: data-copies names it.

for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      // Without a clipboard (a page without HTTPS) the address is marked, for the keyboard to copy.
      button.textContent = "Marked: copy it by keyboard";
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
