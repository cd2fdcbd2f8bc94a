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

// A long answer is saved as a draft while it is typed. Its button does the same without scripts.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const said = form.querySelector("[data-autosave-said]");
  const version = form.querySelector("[name=version]");
  let timer = null;
  let turn = Promise.resolve();
  const save = async () => {
    const sent = new FormData(form);
    sent.delete("files");
    sent.set("do", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (told.version) version.value = told.version;
      said.textContent = told.said;
      if (answer.status === 409) form.removeEventListener("input", soon);
    } catch {
      said.textContent = "";
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { turn = turn.then(save); }, 1500);
  };
  form.addEventListener("input", soon);
  // A save on its way is waited for: otherwise the button would meet its own newer version.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (form.dataset.ready) return;
    event.preventDefault();
    // Not before this event is over: a form that is being sent does not send itself again.
    turn.then(() => setTimeout(() => {
      form.dataset.ready = "1";
      form.requestSubmit(event.submitter);
    }));
  });
}

// A page that tells how far something is looks again by itself; when it is over the whole page is loaded anew.
const live = document.querySelector("[data-live]");
if (live) {
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) { location.reload(); return; }
      live.replaceChildren(...fresh.childNodes);
    } catch { /* the server is away for a moment: the next look may find it */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
}

// A long list shows only what is looked for; what is ticked out of sight stays ticked.
for (const input of document.querySelectorAll("[data-filter]")) {
  const list = document.getElementById(input.dataset.filter);
  if (!list) continue;
  input.closest("[data-filter-field]").hidden = false;
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const group of list.querySelectorAll("[data-filter-group]")) {
      const isWhole = group.dataset.filterGroup.toLowerCase().includes(wanted);
      const rows = [...group.querySelectorAll("[data-filter-row]")];
      for (const row of rows) row.hidden = !isWhole && !row.textContent.toLowerCase().includes(wanted);
      group.hidden = rows.every((row) => row.hidden);
    }
  });
}
