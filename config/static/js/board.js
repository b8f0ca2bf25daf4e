// The board of an alliance: follows its stream, shows each event, sends orders. The server draws the page; here it
// stays true. What the server knows is `state` at `version`; what the person has done on top waits in the queue.
import { connected, localise, shownAsOf, toast } from "./app.js";
import { Cards, collect, copy, numbers, until } from "./board-cards.js";
import { Kept } from "./board-kept.js";
import { Line } from "./board-line.js";
import { Moves } from "./board-move.js";
import { Queue, newId } from "./board-queue.js";
import { Refused } from "./board-refused.js";

const LOG = 40;
const root = document.getElementById("board");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const texts = read("board-texts"), words = texts.words;
let state = read("board-state"), isOver = false, isDrawing = false;
const banner = document.querySelector("[data-market]")?.dataset;
let market = { at: Number(banner?.market ?? Date.now()), pace: Number(banner?.speed ?? 1), read: Date.now() };

const now = () => new Date(market.at + (Date.now() - market.read) * market.pace);
const cards = new Cards(root, texts, now, () => state.seats);
const name = `${root.dataset.user}:${root.dataset.key}`;
const kept = new Kept(name);
const line = new Line(root.dataset.key, {
  since: () => ({ epoch: state.epoch, version: state.version, company: true }), hear: (frame) => hear[frame.t]?.(frame),
  opened: () => { connected(true); link("live"); queue.opened(); },
  lost: () => { queue.closed(); connected(false); $("[data-here]").hidden = true; },
  late: () => link(navigator.onLine ? "connecting" : "offline"), ended: () => end(words.left),
});
const queue = new Queue(`board:${name}`, {
  send: (orders) => line.say(orders.length > 1 ? { t: "batch", orders } : { t: "do", ...orders[0] }), settled, changed: () => { tell(); draw(); },
});
const refused = new Refused(root, texts, kept, { row: (id) => rows()[id], title: (row) => cards.title(row), again: ({ verb, data }, row) => order(verb, data, row) });
const { lang, dataset: { zone } } = document.documentElement;
const moments = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const $ = (selector) => root.querySelector(selector);

const hear = {
  hello({ epoch, now: at, pace }) {
    market = { at: Date.parse(at), pace, read: Date.now() };
    line.greeted();
    if (epoch === state.epoch) kept.keep(state, new Date());  // of another epoch a snapshot follows, and brings it
  },
  snapshot({ state: fresh }) {
    showAnew(fresh);
    kept.keep(state, new Date());
  },
  event(frame) {
    if (frame.version <= state.version) return;  // replay and live may overlap
    if (frame.version > state.version + 1) return line.again();
    state.version = frame.version;
    if (frame.by) state.people[frame.actor] = frame.by;
    take(frame.changes);
    const told = { ...frame, about: about(frame.kind, frame.changes) };
    state.log = [{ version: told.version, kind: told.kind, actor: told.actor, at: told.at, note: told.note, about: told.about }, ...state.log].slice(0, LOG);
    write(told);
    $("[data-said]").textContent = [who(told), texts.kinds[told.kind] ?? told.kind, ...told.about.map(named)].join(" · ");
    kept.keep(state, new Date());
  },
  beat({ version }) { if (version > state.version) line.again(); else kept.keep(state, new Date()); },
  here({ who: present, all }) {
    const others = Object.entries(present).filter(([key]) => key !== root.dataset.user).map(([, name]) => name || words.partner);
    const shown = $("[data-here]"), list = new Intl.ListFormat(lang).format(others), more = all - 1 - others.length;
    shown.hidden = !others.length;
    shown.textContent = words.here.replace("{names}", more > 0 ? words.more.replace("{names}", list).replace("{count}", numbers.format(more)) : list);
  },
  answer(frame) { queue.answered(frame); },
  end({ is_over: isOver }) { end(isOver ? words.ended : words.left); },
};

/** Show another whole state: a snapshot, or what was kept on this device. */
function showAnew(fresh) {
  state = fresh;
  $("[data-log]").replaceChildren();
  for (const told of [...state.log].reverse()) write(told);
  $("[data-rows=stock]").replaceChildren();
  Object.values(state.stock).forEach(stock);
  partners();
  draw();
}

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
  const made = { id: newId(), verb, data, task: row?.id ?? null, expected_version: row?.version ?? null };
  queue.add(made);
  if (!queue.isOpen) toast(words.kept, words.undo, () => { if (!queue.takeBack(made.id)) toast(words.too_late); });
}

function settled(made, { ok, result, text, detail }) {
  const { verb, task } = made, row = ok ? result.task : detail?.task;
  const before = state.tasks[task];
  if (row?.id) take({ tasks: { [row.id]: row } });
  if (ok) {
    const back = texts.undo[verb];
    if (back && row) toast(words[`done_${verb}`], words.undo, () => undo(back, row, before));
    else toast(words.done);
    const form = $(`[data-order="${verb}"]`);
    form?.reset();
    form?.closest("details").removeAttribute("open");
  } else if (made.isLate) refused.add(made, text || words.refused);
  else {
    toast(text || words.refused);
    if (task) cards.troubles.set(task, text || words.refused);
  }
  draw();
}

/** Take a step back; a finish has counted units too. */
function undo(back, row, before) {
  order(back, {}, state.tasks[row.id]);
  if (back === "reopen" && before && before.done_units !== row.done_units) order("progress", { done_units: before.done_units }, rows()[row.id]);
}

root.addEventListener("submit", (event) => {
  const form = event.target, kind = form.dataset.order;
  if (isOver) return;
  event.preventDefault();
  if (kind) return order(kind, filled(form, kind));
  const button = event.submitter ?? form.querySelector("[data-verb]"), verb = button.dataset.verb;
  const row = rows()[form.closest("[data-task]").dataset.task], data = collect(form, verb);
  if ("all" in button.dataset) data.done_units = row.target_units;
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
  refused.show();
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
    const entry = document.createElement("li");
    entry.append(part(seat.firm_name), part(texts.slots[seat.slot] ?? seat.slot, "muted small"));
    return entry;
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

function write(told) {
  const { element, write: put } = copy("told");
  element.dataset.tone = texts.states[told.kind]?.[1] ?? "info";
  put("kind", texts.kinds[told.kind] ?? told.kind);
  put("about", told.about.length ? `: ${told.about.map(named).join(", ")}` : "");
  put("note", told.note);
  put("by", who(told));
  moment(element, told.at);
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
  line.end();
  kept.forget();
  self.caches?.open("pages").then((pages) => pages.delete(location.origin + location.pathname));
  const note = $("[data-ended]");
  note.lastElementChild.textContent = text;
  note.hidden = false;
  for (const form of root.querySelectorAll("form")) form.remove();
  link("ended_short");
}

new Moves(root, texts.orders);
cards.adopt(state.tasks);
const found = kept.newer(state), { asOf } = document.documentElement.dataset;
if (found) { showAnew(found.state); if (asOf) shownAsOf(found.at); }
draw();
tell();
line.connect();
setInterval(() => { if (!document.hidden) { cards.tick(rows()); expect(); } }, 30000);
addEventListener("pagehide", () => kept.flush());
document.addEventListener("visibilitychange", () => { if (document.hidden) kept.flush(); });
