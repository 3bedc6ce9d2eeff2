// Sets the focal point of an image by a click on it. The arrow keys move it by one per cent.

for (const field of document.querySelectorAll("input[data-focus]")) {
  const file = document.getElementById(field.dataset.focus);
  if (!file) continue;
  const current = file.closest("p, div")?.querySelector("a[href*='/media/']") ?? null;
  const stage = document.createElement("span");
  stage.className = "focus";
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", "Focal point: click, or use the arrow keys");
  stage.hidden = true;
  const image = document.createElement("img");
  image.alt = "";
  const point = document.createElement("span");
  point.className = "point";
  stage.append(image, point);
  field.after(stage);

  const place = () => field.value.split(",").map((part) => Math.min(100, Math.max(0, Number.parseInt(part, 10) || 0)));
  const show = () => {
    const [x, y] = place();
    point.style.left = `${x}%`;
    point.style.top = `${y}%`;
  };
  const set = (x, y) => {
    field.value = `${Math.round(Math.min(100, Math.max(0, x)))},${Math.round(Math.min(100, Math.max(0, y)))}`;
    show();
  };
  const load = (source) => {
    image.src = source;
    stage.hidden = false;
    show();
  };

  if (current) load(current.href);
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    if (!chosen?.type.startsWith("image/")) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => { set(50, 50); load(reader.result); });
    reader.readAsDataURL(chosen);
  });
  image.addEventListener("error", () => { stage.hidden = true; });
  field.addEventListener("input", show);
  stage.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    set(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  });
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = place();
    set(x + step[0], y + step[1]);
  });
}
