// The command palette: Ctrl-K or Cmd-K, a few letters of a name, Enter. Without this script the same search is a page.
const dialog = document.getElementById("palette");
const input = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]"), told = dialog.querySelector("[role=status]");
const PAUSE = 70;
let timer = 0, asked = null, at = -1;

export function openPalette() {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  if (!input.value) show(placesHere());
}

/** What is known before anything is asked: the places of the navigation. */
const placesHere = () => [...document.querySelectorAll(".nav a")].map((a) => ({ kind: dialog.dataset.page, title: a.textContent.trim(), note: "", url: a.getAttribute("href") }));

async function ask() {
  asked?.abort();
  const words = input.value.trim(), mine = new AbortController();
  if (!words) return show(placesHere());
  asked = mine;
  try {
    const answer = await fetch(`${dialog.dataset.search}?${new URLSearchParams({ q: words })}`, { headers: { accept: "application/json" }, signal: mine.signal });
    if (answer.redirected) return location.assign(dialog.dataset.search);
    show((await answer.json()).hits);
  } catch (error) {
    if (error.name !== "AbortError") told.textContent = dialog.dataset.failed;
  }
}

function show(hits) {
  list.replaceChildren(...hits.map(option));
  told.textContent = hits.length ? dialog.dataset.found.replace("{count}", hits.length) : dialog.dataset.none;
  input.setAttribute("aria-expanded", String(hits.length > 0));
  mark(hits.length ? 0 : -1);
}

function option(hit, index) {
  const row = Object.assign(document.createElement("li"), { id: `palette-${index}` });
  row.setAttribute("role", "option");
  row.dataset.url = hit.url;
  for (const part of ["title", "note", "kind"]) row.append(Object.assign(document.createElement("span"), { className: part, textContent: hit[part] }));
  return row;
}

function mark(index) {
  at = index;
  for (const [i, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(i === at));
  const row = list.children[at];
  if (row) { input.setAttribute("aria-activedescendant", row.id); row.scrollIntoView({ block: "nearest" }); }
  else input.removeAttribute("aria-activedescendant");
}

function go(row) {
  if (!row) return;
  dialog.close();
  location.assign(row.dataset.url);
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // an input method for Chinese is still choosing
  const count = list.children.length;
  if (STEPS[event.key] && count) { event.preventDefault(); mark((at + STEPS[event.key] + count) % count); }
  if (event.key === "Enter") { event.preventDefault(); go(list.children[at]); }
});
input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (dialog.open) dialog.close(); else openPalette();
});
document.querySelector("[data-palette]")?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPalette();
});
