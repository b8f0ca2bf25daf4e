// What if: the number beside a slider follows it, and the answer is fetched when a limit was changed.
// Without this script the form is sent by its button and the whole page comes again.
import { localise } from "./app.js";

const form = document.getElementById("what-if");
let turn = 0;

for (const slider of form.querySelectorAll("input[type=range]")) {
  const shown = form.querySelector(`output[for="${slider.id}"]`);
  slider.addEventListener("input", () => { shown.textContent = slider.value; });
}

form.addEventListener("change", ask);
form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });

/** Fetch the page with these limits and show its answer; an older answer that comes late is dropped. */
async function ask() {
  const mine = ++turn, answer = document.getElementById("answer");
  const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
  answer.setAttribute("aria-busy", "true");
  try {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    const fresh = page.getElementById("answer");
    if (mine !== turn || !fresh) return;
    answer.replaceChildren(...fresh.childNodes);
    localise(answer);
    history.replaceState(null, "", address);
  } catch {
    if (mine === turn) location.assign(address);
  } finally {
    if (mine === turn) answer.removeAttribute("aria-busy");
  }
}
