// What every page does: time in the reader's zone, the market's clock, menus, forms, and whether we are connected.
import { guardTheEnd, install } from "./offline.js";

const root = document.documentElement;
const banner = document.querySelector("[data-offline]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Tell the server the reader's time zone, so that the next page comes in it; put this page right by hand. */
function keepZone() {
  if (!zone || root.hasAttribute("data-zone-chosen")) return;
  document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  if (root.dataset.zone !== zone) localise(document);
}

const DAY = { year: "numeric", month: "short", day: "numeric" };
const MOMENT = { ...DAY, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const writer = new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : root.lang, MOMENT);

/** Write the moments inside an element in the browser's own zone. */
export function localise(part) {
  if (!zone || root.dataset.zone === zone || root.hasAttribute("data-zone-chosen")) return;
  for (const time of part.querySelectorAll("time[data-kind=moment]")) time.textContent = writer.format(new Date(time.dateTime));
}

/** Let the market's clock run; it is written without a live region, so that nobody is read the time all day. */
function runMarket() {
  const market = document.querySelector("[data-market]");
  if (!market) return;
  const shown = market.querySelector("time");
  const anchor = Number(market.dataset.market), speed = Number(market.dataset.speed), began = Date.now();
  const options = { ...MOMENT, timeZone: root.hasAttribute("data-zone-chosen") ? root.dataset.zone : zone };
  const clock = new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : root.lang, options);
  const tick = () => { if (!document.hidden) shown.textContent = clock.format(new Date(anchor + (Date.now() - began) * speed)); };
  tick();
  setInterval(tick, 1000);
}

/** A menu closes by Escape, by a click elsewhere and when the focus leaves it. */
function closeMenus() {
  const close = (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (event.type === "keydown" ? event.key !== "Escape" : menu.contains(event.target)) continue;
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  };
  for (const type of ["click", "keydown", "focusin"]) document.addEventListener(type, close);
}

/** A form that came back takes the focus to what is wrong; a form is sent once, however often one taps. */
function helpForms() {
  document.querySelector("[data-problems]:not([data-example] *)")?.focus();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (!navigator.onLine && form.method === "post" && !event.defaultPrevented) {
      event.preventDefault(); // what was typed stays in the page, for the browser would show an error in its place
      toast(banner.dataset.unsendable);
    }
    // later, because a script that sends the form itself may still say so
    else setTimeout(() => { if (!event.defaultPrevented && form.method === "post") form.dataset.sent = "1"; });
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
}

/** Say when the connection has been away for five seconds, and stop saying so when what is shown is true again. */
let timer = 0;
export function connected(isConnected) {
  if (isConnected) { clearTimeout(timer); timer = 0; banner.hidden = true; delete root.dataset.asOf; }
  else if (!root.dataset.asOf) timer ||= setTimeout(() => { banner.textContent = banner.dataset.offline; banner.hidden = false; }, 5000);
}

/** What is shown was kept on this device: say from when it is. */
export function shownAsOf(at) {
  root.dataset.asOf = at;
  banner.textContent = banner.dataset.kept.replace("{time}", writer.format(new Date(at)));
  banner.hidden = false;
}

const MOST_TOASTS = 3;

/** A short message at the lower edge, with one thing to do about it if wanted; said again it replaces itself. */
export function toast(text, label = "", act = null) {
  const shelf = document.querySelector(".toasts") ?? document.body.appendChild(Object.assign(document.createElement("div"), { className: "toasts" }));
  shelf.setAttribute("role", "status");
  const same = [...shelf.children].filter((one) => one.firstChild.textContent === text);
  for (const one of [...same, ...[...shelf.children].slice(0, -MOST_TOASTS + 1)]) one.remove();
  const box = Object.assign(document.createElement("div"), { className: "toast" });
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (act) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", () => { box.remove(); act(); });
    box.append(button);
  }
  shelf.append(box);
  setTimeout(() => box.remove(), act ? 8000 : 4000);
}

/** The token that Django wants with every change. */
export const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/** On a phone the tab that one is on may lie beyond the edge. */
function showTab() {
  const tab = document.querySelector("nav.tabs [aria-current]"), row = tab?.parentElement;
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - 16;
}

showTab();
keepZone();
runMarket();
closeMenus();
helpForms();
if (root.dataset.asOf) shownAsOf(root.dataset.asOf);
if (document.body.dataset.person) addEventListener("load", () => setTimeout(install, 500));
document.querySelectorAll("form[data-unsent]").forEach(guardTheEnd);
// a page that was kept stays what it was until it, or its line, has been fetched anew
addEventListener("online", () => { if (!root.dataset.asOf) connected(true); });
addEventListener("offline", () => connected(false));
