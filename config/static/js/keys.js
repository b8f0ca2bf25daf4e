// Single keys: what they do is said by the page itself (aria-keyshortcuts, data-go, data-row, data-filter) and listed under "?".
// They can be switched off there, because dictation and unsteady hands press them by accident (WCAG 2.1.4).
const help = document.getElementById("keys");
const SETTING = "single-keys", WAIT = 1200;
let prefix = 0;

const isOn = () => localStorage.getItem(SETTING) !== "off";
const isTyping = (element) => element?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key !== "?" && !isOn()) return;
  const act = wanted(event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

/** What a key does here and now; nothing, when the page does not know it. */
function wanted(key) {
  if (Date.now() < prefix) { prefix = 0; return follow(document.querySelector(`[data-go="${CSS.escape(key)}"]`)); }
  if (key === "g") return () => { prefix = Date.now() + WAIT; };
  if (key === "?") return openHelp;
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "/") { const filter = document.querySelector("[data-filter]"); return filter && (() => filter.select()); }
  return follow(nearest(key));
}

/** The control with this key: first in the row or card that has the focus, then anywhere. */
function nearest(key) {
  const row = document.activeElement.closest("[data-row]");
  const all = [...document.querySelectorAll("[aria-keyshortcuts]")].filter((one) => one.getAttribute("aria-keyshortcuts").split(" ").includes(key) && !one.disabled && isShown(one));
  return all.find((one) => row?.contains(one)) ?? all[0];
}

/** A link is opened; a button is only shown and focused, so that nothing is decided by one slip of a finger. */
function follow(control) {
  if (!control) return null;
  return () => {
    if (control.matches("a")) return control.click();
    control.scrollIntoView({ block: "center" });
    control.focus();
  };
}

function step(far) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(isShown);
  if (!rows.length) return null;
  const at = rows.indexOf(document.activeElement.closest("[data-row]"));
  const row = rows[at < 0 ? (far > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + far, 0), rows.length - 1)];
  return () => (row.matches("a") ? row : row.querySelector("a, button, summary"))?.focus();
}

async function openHelp() {
  const place = help.querySelector("[data-keys]");
  help.showModal();
  if (place.childElementCount) return;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(help.dataset.page)).text(), "text/html");
    place.replaceChildren(...page.getElementById("key-list").childNodes);
  } catch { location.assign(help.dataset.page); }
}

const choice = help.querySelector("input");
choice.checked = isOn();
choice.addEventListener("change", () => localStorage.setItem(SETTING, choice.checked ? "on" : "off"));
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
document.addEventListener("keydown", press);
