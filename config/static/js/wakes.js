// Pages that stay fresh: a wake says that a topic changed, and the parts of the page that show it are fetched again.
// A part is an element with an id, data-refresh="URL of the page that holds it" and data-topic="desk" (or "console").
import { connected, localise } from "./app.js";

const FIRST = 500, LONGEST = 30000, CALM = 100, PAUSE = 1000, SKEW = 100; // SKEW: of two servers' clocks
const isReturn = performance.getEntriesByType("navigation")[0]?.type === "back_forward"; // the browser shows what it kept
let failures = 0, socket = null, waiting = new Set(), timer = 0, last = 0;

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/wakes/`);
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.t === "wake") wanted(frame.topic);
    if (frame.t === "hello") hears(frame);
  });
  socket.addEventListener("close", ({ code }) => {
    if (code === 4401 || code === 4404) return;
    connected(false);
    const pause = Math.min(LONGEST, FIRST * 2 ** failures++);
    setTimeout(connect, pause * (0.5 + Math.random()));
  });
}

/** From here on every wake is heard. If there was one since the page was made, or while the line was down, it is old. */
function hears({ now, quiet }) {
  const isNew = now - document.body.dataset.began + SKEW <= quiet; // not so either when one of them does not say
  if (failures || isReturn || !isNew) refreshAll();
  failures = 0;
  connected(true);
}

/** Wakes close together are one fetch, at most one a second. A page that nobody looks at waits until somebody does. */
function wanted(topic) {
  waiting.add(topic);
  soon();
}

function soon() {
  if (waiting.size && !document.hidden) timer ||= setTimeout(flush, Math.max(CALM, last + PAUSE - Date.now()));
}

function flush() {
  clearTimeout(timer);
  timer = 0;
  last = Date.now();
  const topics = waiting;
  waiting = new Set();
  const parts = [...document.querySelectorAll("[data-refresh]")].filter((part) => topics.has(part.dataset.topic));
  const pages = Map.groupBy ? Map.groupBy(parts, address) : groups(parts);
  for (const [url, own] of pages) refresh(url, own);
}

const address = (part) => part.dataset.refresh || location.href;

function groups(parts) {
  const found = new Map();
  for (const part of parts) found.set(address(part), [...(found.get(address(part)) ?? []), part]);
  return found;
}

function refreshAll() {
  for (const part of document.querySelectorAll("[data-topic]")) wanted(part.dataset.topic);
}

async function refresh(url, parts) {
  let answer;
  // not stored: the page without its once-only parts would be what the browser shows after Back
  try { answer = await fetch(url, { headers: { "X-Refresh": "1" }, credentials: "same-origin", cache: "no-store" }); } catch { return; }
  if (answer.redirected || answer.status === 404) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const fresh = page.getElementById(part.id) ?? (parts.length === 1 ? page.body.firstElementChild : null);
    if (fresh && busy(part)) waiting.add(part.dataset.topic);
    else if (fresh) swap(part, fresh);
  }
}

/** What somebody writes, chooses, presses or sends is not taken from their hands: the part waits until it is left. */
function busy(part) {
  if (part.querySelector(":active, form[data-sent]")) return true; // a fresh button would not hear the end of the press
  const controls = [...part.querySelectorAll("input, select, textarea")];
  return controls.some((one) => one === document.activeElement || changed(one));
}

function changed(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  const first = Math.max(0, [...control.options].findIndex((one) => one.defaultSelected));
  return control.selectedIndex !== first;
}

/** Exchange a part; the focus, opened details and the scroll of tables stay where they were. */
function swap(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const at = part.contains(document.activeElement) ? trail(part, document.activeElement) : null;
  const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
  const scrolled = [...part.querySelectorAll(".scroll, .compare")].map((one) => [one.scrollLeft, one.scrollTop]);
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  localise(part);
  for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  part.querySelectorAll(".scroll, .compare").forEach((one, i) => { if (scrolled[i]) [one.scrollLeft, one.scrollTop] = scrolled[i]; });
  if (at) find(part, at)?.focus({ preventScroll: true });
  part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
}

/** Where an element is: its id or address if it has one, else its place among its kind. */
function trail(part, element) {
  for (const name of ["id", "href", "value", "name", "data-key"]) {
    const value = element.getAttribute(name);
    if (value) return `${element.tagName}[${name}="${CSS.escape(value)}"]`;
  }
  return [...part.querySelectorAll(element.tagName)].indexOf(element) + element.tagName;
}

function find(part, where) {
  const place = /^(-?\d+)(.+)$/.exec(where);
  return place ? part.querySelectorAll(place[2])[Number(place[1])] : part.querySelector(where);
}

for (const left of ["focusout", "pointerup", "click"]) document.addEventListener(left, soon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshAll(); });
if (document.querySelector("[data-refresh]")) connect();
