// A calendar of weeks that one paints: choose weeks by drawing over them, by Shift and the arrows, or one by one, and set
// them in one command, which can be undone. Without this script the same form has checkboxes and a button.
import { csrf, toast } from "./app.js";

const form = document.querySelector("form[data-paint]");
const boxes = () => [...form.querySelectorAll("[name=weeks]")];
let anchor = -1, drawing = null, walks = false;

/** Choose the weeks from one to another, and no others. */
function choose(from, to) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  boxes().forEach((box, at) => { box.checked = at >= first && at <= last; });
}

const indexOf = (element) => boxes().indexOf(element?.closest?.(".week")?.querySelector("[name=weeks]"));

function press(event) {
  const at = indexOf(event.target);
  if (at < 0 || event.button) return;
  drawing = { from: at, to: at, moved: false };
}

/** On touch the page still scrolls up and down; a finger that moves sideways draws. */
function draw(event) {
  if (!drawing) return;
  const at = indexOf(document.elementFromPoint(event.clientX, event.clientY));
  if (at < 0 || (at === drawing.to && !drawing.moved)) return;
  drawing.moved = true;
  drawing.to = at;
  event.preventDefault();
  choose(drawing.from, at);
}

function release() {
  const drawn = drawing;
  drawing = null;
  if (!drawn?.moved) return;
  anchor = drawn.from;
  addEventListener("click", (event) => { if (indexOf(event.target) >= 0) event.preventDefault(); }, { capture: true, once: true });
  setTimeout(() => paintOrAsk());
}

/** With a number in the field what was drawn is set at once; without one it is asked for. */
function paintOrAsk() {
  if (form.elements.units.value.trim()) form.requestSubmit();
  else form.elements.units.focus();
}

const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: columns, ArrowUp: () => -columns(), Home: () => -Infinity, End: () => Infinity };

/** Weeks in the first row, as they lie on the page now. */
function columns() {
  const tops = boxes().map((box) => box.closest(".week").offsetTop);
  return tops.filter((top) => top === tops[0]).length;
}

function key(event) {
  const all = boxes(), at = all.indexOf(event.target);
  if (at < 0 || !(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const to = Math.max(0, Math.min(all.length - 1, at + STEPS[event.key]()));
  if (event.shiftKey) choose(anchor, to);
  walks = event.shiftKey;
  rove(to);
  all[to].focus();
  walks = false;
}

/** A range begins where one last went without Shift. */
function from(event) {
  const at = boxes().indexOf(event.target);
  if (at >= 0 && !walks) anchor = at;
}

/** One stop for the tabulator key; arrows go on from there. */
function rove(to) {
  boxes().forEach((box, at) => { box.tabIndex = at === to ? 0 : -1; });
}

async function ask(url, body) {
  body.set("csrfmiddlewaretoken", csrf());
  const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  const told = await answer.json();
  if (!told.ok) toast(told.text);
  return told.ok;
}

/** The weeks as the server has them now, and the id of the next command. */
async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const fresh = page.querySelector("form[data-paint]");
  if (!fresh) return location.reload();
  form.querySelector("#weeks").replaceChildren(...document.importNode(fresh.querySelector("#weeks"), true).childNodes);
  form.elements.command_id.value = fresh.elements.command_id.value;
  rove(Math.max(anchor, 0));
}

async function paint(event) {
  event.preventDefault();
  const painted = form.elements.command_id.value, focused = boxes().includes(document.activeElement);
  form.setAttribute("aria-busy", "true");
  if (await ask(form.action, new FormData(form)).catch(() => location.reload())) {
    await refresh();
    if (focused) boxes()[Math.max(anchor, 0)].focus();
    toast(form.dataset.done, form.dataset.undoLabel, () => undo(painted));
  }
  form.removeAttribute("aria-busy");
}

async function undo(painted) {
  const body = new FormData();
  body.set("painted", painted);
  if (await ask(form.dataset.undo, body)) { await refresh(); toast(form.dataset.undone); }
}

if (form?.elements.units) {
  rove(0);
  form.addEventListener("pointerdown", press);
  form.addEventListener("pointermove", draw);
  addEventListener("pointerup", release);
  addEventListener("pointercancel", () => { drawing = null; });
  form.addEventListener("keydown", key);
  form.addEventListener("focusin", from);
  form.addEventListener("submit", paint);
}
