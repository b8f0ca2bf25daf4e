// The board of an alliance: follows its stream, shows each event, sends orders. The server draws the page; here it
// stays true. What the server knows is `state` at `version`; what the person has done on top waits in the queue.
import { connected, localise, toast } from "./app.js";
import { Cards, collect, copy, numbers, until } from "./board-cards.js";
import { Queue } from "./board-queue.js";

const FIRST = 400, LONGEST = 20000, SPREAD = 3000, DEAF = 40000, CALM = 10000, LOG = 40;
const GONE = { RESTART: 1012, NOBODY: 4401, UNSEEN: 4404, ENDED: 4410, FLOOD: 4429 };
const root = document.getElementById("board");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const texts = read("board-texts"), words = texts.words;
let state = read("board-state"), socket = null, failures = 0, heard = 0, isOver = false, isDrawing = false;
let timer = 0, lateLink = 0;
const banner = document.querySelector("[data-market]")?.dataset;
let market = { at: Number(banner?.market ?? Date.now()), pace: Number(banner?.speed ?? 1), read: Date.now() };

const now = () => new Date(market.at + (Date.now() - market.read) * market.pace);
const cards = new Cards(root, texts, now, () => state.seats);
const queue = new Queue(`board:${root.dataset.user}:${root.dataset.key}`, {
  send: (orders) => say(orders.length > 1 ? { t: "batch", orders } : { t: "do", ...orders[0] }), settled, changed: () => { tell(); draw(); },
});
const { lang, dataset: { zone } } = document.documentElement;
const moments = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const $ = (selector) => root.querySelector(selector);

/* the line */

function connect() {
  clearTimeout(timer);
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const line = socket = new WebSocket(`${scheme}://${location.host}/ws/alliances/${root.dataset.key}/?lang=${document.documentElement.lang}`);
  line.onopen = () => { heard = Date.now(); say({ t: "since", epoch: state.epoch, version: state.version }); };
  line.onmessage = ({ data }) => { heard = Date.now(); const frame = JSON.parse(data); hear[frame.t]?.(frame); };
  line.onclose = ({ code }) => { if (line === socket) lost(code); };
}

function say(frame) { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame)); }

/** Begin again from what this page has; the old line may be dead without knowing it. */
function again() {
  const old = socket;
  socket = null;
  old?.close();
  lost(0);
}

function lost(code) {
  queue.closed();
  if (code === GONE.NOBODY) return location.reload();
  if (code === GONE.ENDED || code === GONE.UNSEEN) return end(words.left);
  connected(false);
  lateLink ||= setTimeout(() => link(navigator.onLine ? "connecting" : "offline"), 5000);
  clearTimeout(timer);
  // a server that restarts lets everybody go at once: they come back one after the other
  const first = code === GONE.RESTART ? SPREAD : FIRST;
  const pause = code === GONE.FLOOD ? CALM : Math.min(LONGEST, first * 2 ** failures++);
  timer = setTimeout(connect, pause * (0.5 + Math.random()));
}

const hear = {
  hello({ epoch, now: at, pace }) {
    market = { at: Date.parse(at), pace, read: Date.now() };
    if (epoch !== state.epoch) state.epoch = epoch;  // a snapshot follows
    failures = 0;
    clearTimeout(lateLink); lateLink = 0;
    connected(true);
    link("live");
    queue.opened();
  },
  snapshot({ state: fresh }) {
    state = fresh;
    $("[data-log]").replaceChildren();
    for (const line of [...state.log].reverse()) write(line);
    $("[data-rows=stock]").replaceChildren();
    Object.values(state.stock).forEach(stock);
    partners();
    draw();
  },
  event(frame) {
    if (frame.version <= state.version) return;  // replay and live may overlap
    if (frame.version > state.version + 1) return again();
    state.version = frame.version;
    if (frame.by) state.people[frame.actor] = frame.by;
    take(frame.changes);
    const line = { ...frame, about: about(frame.kind, frame.changes) };
    write(line);
    $("[data-said]").textContent = [who(line), texts.kinds[line.kind] ?? line.kind, ...line.about.map(named)].join(" · ");
  },
  beat({ version }) { if (version > state.version) again(); },
  answer(frame) { queue.answered(frame); },
  end({ is_over: isOver }) { end(isOver ? words.ended : words.left); },
};

/** Rows replace rows; an answer may have brought a newer one already. */
function take(changes) {
  for (const [id, row] of Object.entries(changes.tasks ?? {})) if (!(row.version < state.tasks[id]?.version)) state.tasks[id] = row;
  if (changes.seats) { Object.assign(state.seats, changes.seats); partners(); }
  Object.assign(state.stock, changes.stock);
  Object.values(changes.stock ?? {}).forEach(stock);
  if (changes.alliance) state.alliance = changes.alliance;
  if (changes.forecast) state.forecast = changes.forecast;
  if (changes.settlement) state.settlement = changes.settlement;
  draw();
}

/* orders */

/** A UUID; `crypto.randomUUID` is missing where the page does not come by HTTPS. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** The rows as they will be when all that waits is done. */
function rows() {
  const shown = { ...state.tasks };
  for (const { task, verb, data } of queue.orders) {
    const row = shown[task], after = { start: "started", finish: "finished", hand_back: "ready", reopen: "started" }[verb];
    if (row) shown[task] = { ...row, ...(after && { state: after }), ...("done_units" in data && { done_units: data.done_units }), version: row.version + 1, isSending: true };
  }
  return shown;
}

function order(verb, data, row = null) {
  if (row) cards.troubles.delete(row.id);
  queue.add({ id: newId(), verb, data, task: row?.id ?? null, expected_version: row?.version ?? null });
  if (!queue.isOpen) toast(words.kept);
}

function settled({ verb, task }, { ok, result, text, detail }) {
  const row = ok ? result.task : detail?.task;
  if (row?.id) take({ tasks: { [row.id]: row } });
  if (ok) {
    const back = texts.undo[verb];
    if (back && row) toast(words[`done_${verb}`], words.undo, () => order(back, {}, row));
    else toast(words.done);
    const form = $(`[data-order="${verb}"]`);
    form?.reset();
    form?.closest("details").removeAttribute("open");
  } else {
    toast(text || words.refused);
    if (task) cards.troubles.set(task, text || words.refused);
  }
  draw();
}

root.addEventListener("submit", (event) => {
  const form = event.target, kind = form.dataset.order;
  if (isOver) return;
  event.preventDefault();
  if (kind) return order(kind, filled(form, kind));
  const button = event.submitter ?? form.querySelector("[data-verb]"), verb = button.dataset.verb;
  const row = rows()[form.closest("[data-task]").dataset.task], data = collect(form, verb);
  const short = form.querySelector("[data-f=short]");
  if (verb === "finish" && short && (data.done_units ?? row.done_units) < row.target_units && !data.shortfall) {
    short.open = true;
    return form.elements.shortfall.focus();
  }
  order(verb, data, row);
});

/** Enter in a field does what the first button that writes would do, not what stands first in the markup. */
root.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !event.target.closest("[data-verbs]")) return;
  event.preventDefault();
  const form = event.target.form;
  form.requestSubmit(form.querySelector("[data-verb=progress]") ?? form.querySelector("[data-verb=finish]"));
});

function filled(form, kind) {
  const { place, units, kind: what, task, text } = form.elements;
  if (kind === "post_stock") return { place: place.value.trim(), units: Number(units.value) };
  return { kind: what.value, text: text.value.trim(), ...(task.value && { task_id: Number(task.value) }) };
}

/* what is shown */

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => { isDrawing = false; show(); });
}

function show() {
  const all = rows();
  cards.show(all);
  expect();
  const counted = Object.values(all).filter((row) => row.is_mandatory);
  Object.assign($("[data-f=finished]"), { value: counted.filter((row) => cards.isOver(row)).length, max: counted.length || 1 });
  $("[data-count=done]").textContent = numbers.format($("[data-section=done]").children.length);
  for (const empty of root.querySelectorAll("[data-empty]")) {
    const shelf = $(`[data-section="${empty.dataset.empty}"], [data-rows="${empty.dataset.empty}"]`);
    empty.hidden = shelf.children.length > 0;
    const full = $(`[data-full="${empty.dataset.empty}"]`);
    if (full) full.hidden = !empty.hidden;
  }
  for (const form of root.querySelectorAll("[data-order]")) {
    form.querySelector("button").disabled = queue.orders.some(({ verb }) => verb === form.dataset.order);
  }
  const [label, tone] = texts.states[state.alliance.state] ?? [state.alliance.state, "idle"];
  const badge = $("[data-f=alliance-state]");
  badge.textContent = label;
  badge.dataset.tone = tone;
  const ends = $("[data-f=alliance-end]");
  if (ends) ends.hidden = state.alliance.state !== "operating";
  $("[data-settlement]").hidden = !state.settlement;
}

/** What is expected, of each task and of all, against the plan. */
function expect() {
  const { end_at: end, planned_at: planned, tasks } = state.forecast ?? {}, place = $("[data-f=forecast]");
  cards.expect(tasks);
  place.hidden = !end || !planned;
  if (place.hidden) return;
  place.querySelectorAll("time").forEach((time, i) => Object.assign(time, { dateTime: [end, planned][i], textContent: until([end, planned][i], now()) }));
  place.firstElementChild.classList.toggle("late", new Date(end) - new Date(planned) >= 864e5);
}

function partners() {
  const held = Object.values(state.seats).filter((seat) => seat.firm).sort((a, b) => a.firm_name.localeCompare(b.firm_name));
  const part = (text, className = "") => Object.assign(document.createElement("span"), { textContent: text, className });
  $("[data-seats]").replaceChildren(...held.map((seat) => {
    const line = document.createElement("li");
    line.append(part(seat.firm_name), part(texts.slots[seat.slot] ?? seat.slot, "muted small"));
    return line;
  }));
}

/** The tasks that an exception may be about, as they are when the form is opened. */
$("#report-wrong")?.addEventListener("toggle", ({ target }) => {
  const open = Object.values(rows()).filter((row) => !cards.isOver(row) && !row.is_milestone), select = target.querySelector("select[name=task]");
  if (!select.value) select.replaceChildren(select.options[0], ...open.map((row) => new Option(cards.title(row), row.id)));
});

function stock(row) {
  const { element, write, part } = copy("stock");
  element.dataset.stock = row.id;
  write("place", row.place);
  write("firm", row.firm_name);
  write("units", numbers.format(row.units));
  moment(part("at"), row.at);
  const old = $(`[data-stock="${row.id}"]`);
  if (old) old.replaceWith(element);
  else $("[data-rows=stock]").append(element);
}

function write(line) {
  const { element, write: put } = copy("told");
  element.dataset.tone = texts.states[line.kind]?.[1] ?? "info";
  put("kind", texts.kinds[line.kind] ?? line.kind);
  put("about", line.about.length ? `: ${line.about.map(named).join(", ")}` : "");
  put("note", line.note);
  put("by", who(line));
  moment(element, line.at);
  const log = $("[data-log]");
  log.prepend(element);
  while (log.children.length > LOG) log.lastElementChild.remove();
}

function moment(part, iso) {
  const time = part.querySelector("time");
  time.dateTime = iso;
  time.textContent = moments.format(new Date(iso));
  localise(part);
}

const who = ({ actor }) => actor === "clock" ? words.platform : state.people[actor] ?? words.partner;
const named = (name) => texts.titles[name] ?? texts.slots[name] ?? name;

/** Of the rows that an event changed, those that it is about; as queries/board.py does. */
function about(kind, changes) {
  for (const [name, key] of [["tasks", "title"], ["stock", "place"], ["seats", "slot"]]) {
    const found = Object.values(changes[name] ?? {}), near = found.filter((row) => row.state === texts.about[kind]);
    if (found.length) return (near.length ? near : found).slice(0, 3).map((row) => row[key]);
  }
  return [];
}

/* the line's own state */

function link(name) {
  root.dataset.live = name;
  tell();
}

function tell() {
  const count = queue.orders.length, shown = $("[data-link]");
  const parts = [words[root.dataset.live], count && words.queued.replace("{count}", numbers.format(count))];
  shown.textContent = parts.filter(Boolean).join(" · ");
  shown.hidden = !shown.textContent;
}

function end(text) {
  if (isOver) return;
  isOver = true;
  clearTimeout(lateLink);
  const note = $("[data-ended]");
  note.lastElementChild.textContent = text;
  note.hidden = false;
  for (const form of root.querySelectorAll("form")) form.remove();
  link("ended_short");
}

cards.adopt(rows());
draw();
connect();
setInterval(() => { if (socket?.readyState === WebSocket.OPEN && Date.now() - heard > DEAF) again(); }, 5000);
setInterval(() => { if (!document.hidden) { cards.tick(rows()); expect(); } }, 30000);
addEventListener("online", hurry);
document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });

/** There may be a connection again: do not wait for the next try. */
function hurry() {
  if (isOver || queue.isOpen || socket?.readyState === WebSocket.CONNECTING) return;
  failures = 0;
  connect();
}
