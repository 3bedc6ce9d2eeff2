// Shows how far a background job is, and loads the page again when it has ended.

for (const box of document.querySelectorAll("[data-job]")) {
  const text = box.querySelector(".text");
  const bar = box.querySelector("progress");
  const poll = async () => {
    try {
      const answer = await fetch(box.dataset.job);
      if (!answer.ok) throw new Error(answer.status);
      const job = await answer.json();
      if (!job.running) return location.reload();
      text.textContent = job.text;
      if (job.total) [bar.max, bar.value] = [job.total, job.done];
    } catch {
      text.textContent = "The server does not answer. Trying again …";
    }
    setTimeout(poll, 1000);
  };
  setTimeout(poll, 1000);
}
