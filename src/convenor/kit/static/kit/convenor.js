// Progressive enhancement only: every page works without this file.
(() => {
  "use strict";

  // An invalid form: put the reader at the summary, which names each fault.
  const summary = document.querySelector("[data-error-summary]");
  if (summary && !document.body.classList.contains("gallery")) summary.focus();

  // Desk keys. Single letters, so they can be switched off (WCAG 2.1.4) and never act while one is typing.
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const rows = () => [...desk.querySelectorAll("[data-desk-row]")];
  const help = document.querySelector("[data-desk-help]");
  const toggle = document.querySelector("[data-desk-toggle]");
  const KEY = "convenor.desk-keys";
  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem(KEY, value); } catch { /* private window */ } };
  let on = stored() !== "off";

  if (toggle) {
    const box = toggle.querySelector("input");
    toggle.hidden = false;
    box.checked = on;
    box.addEventListener("change", () => { on = box.checked; store(on ? "on" : "off"); });
  }

  const target = (row) => row.querySelector("a[href], button") || row;
  const move = (step) => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    if (next) { target(next).focus(); next.scrollIntoView({ block: "nearest" }); }
  };

  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const acts = { j: () => move(1), k: () => move(-1), "?": () => { if (help) { help.open = !help.open; help.querySelector("summary").focus(); } } };
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
