// What scripts add to pages that work without them: nothing here is needed to reach or to send anything.
"use strict";

// After a refused form the list of errors is read first.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// A button copies the address beside it and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  const value = button.parentElement.querySelector("[data-copy-value]");
  const words = button.querySelector("span");
  if (!value || !navigator.clipboard) continue;
  const before = words.textContent;
  words.setAttribute("role", "status");
  button.hidden = false;
  button.addEventListener("click", async () => {
    value.select();
    await navigator.clipboard.writeText(value.value);
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 4000);
  });
}

// The menu of a narrow window closes with Escape and gives the focus back.
for (const menu of document.querySelectorAll(".nav-menu details")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
