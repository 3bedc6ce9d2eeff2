// Buttons that copy the value of a field. data-copies is the id of the field.

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
      // Pages without HTTPS cannot write to the clipboard. The text is selected, so that the keyboard can copy it.
      button.textContent = "Selected. Copy it with the keyboard.";
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
