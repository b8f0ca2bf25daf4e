// Cards of tasks: the markup of _task.html, filled with rows. A card is drawn anew only when what it shows has changed.

const OVER = ["finished", "cancelled"];
const SECOND = 1000, DAY = 86400 * SECOND;
const UNITS = Object.entries({ year: 365 * DAY, month: 30 * DAY, week: 7 * DAY, day: DAY, hour: DAY / 24, minute: 60 * SECOND, second: SECOND });
const lang = document.documentElement.lang;
export const numbers = new Intl.NumberFormat(lang);
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
const present = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");

/** "in 3 days", as the server writes it: in the largest unit of which it is one and a half. */
export function until(iso, now) {
  const far = new Date(iso) - now, size = Math.abs(far);
  if (size < 60 * SECOND) return present;
  const [unit, length] = UNITS.find(([, length]) => size >= 1.5 * length);
  return relative.format(Math.sign(far) * Math.round(size / length), unit);
}

/** A copy of a template with its parts by name; parts that are not needed are taken out. */
export function copy(name) {
  const element = document.getElementById(name).content.firstElementChild.cloneNode(true);
  const part = (key) => element.querySelector(`[data-f="${key}"]`);
  const write = (key, text) => { if (text || text === 0) part(key).textContent = text; else part(key)?.remove(); };
  return { element, part, write };
}

export class Cards {
  constructor(root, texts, now, seats) {
    Object.assign(this, { root, texts, now, seats, seen: new Map(), troubles: new Map() });
    this.places = new Intl.NumberFormat(lang, { style: "currency", currency: root.dataset.currency }).resolvedOptions().maximumFractionDigits;
  }

  isMine(row) { return [row.seat, ...row.helpers].some((id) => this.texts.me.includes(this.seats()[id]?.firm)); }

  isOver(row) { return OVER.includes(row.state); }

  isLate(row) { return !this.isOver(row) && new Date(row.due_at) <= this.now(); }

  section(row) {
    if (this.isOver(row)) return "done";
    if (row.state === "waiting") return this.isMine(row) ? "waiting" : "later";
    return this.isMine(row) ? "mine" : "others";
  }

  title(row) { return this.texts.titles[row.title] ?? row.title; }

  /** Take over the cards that the server drew. */
  adopt(rows) {
    for (const row of Object.values(rows)) this.seen.set(row.id, this.#looks(row, rows));
    for (const input of this.root.querySelectorAll("[data-task] [name=revenue_minor]")) this.#inMajorUnits(input);
  }

  /** Draw what has changed; returns the ids of the cards that were drawn. */
  show(rows) {
    const drawn = [];
    for (const row of Object.values(rows)) {
      const looks = this.#looks(row, rows);
      if (this.seen.get(row.id) === looks) continue;
      this.seen.set(row.id, looks);
      this.#draw(row, rows);
      drawn.push(row.id);
    }
    return drawn;
  }

  /** Let the deadlines run. */
  tick(rows) {
    for (const card of this.root.querySelectorAll("[data-task]")) {
      const time = card.querySelector("[data-f=due] time"), row = rows[card.dataset.task];
      if (time && row) time.textContent = until(row.due_at, this.now());
    }
    this.show(rows);
  }

  /** What is expected moves with every event: it is written into the cards as they are. */
  expect(tasks = {}) {
    for (const card of this.root.querySelectorAll("[data-task]")) {
      const [at, isCritical] = tasks[card.dataset.task] ?? [], place = card.querySelector("[data-f=expected]");
      if (!place) continue;
      place.hidden = !at;
      if (at) Object.assign(place.querySelector("time"), { dateTime: at, textContent: until(at, this.now()) });
      card.querySelector("[data-f=critical]").hidden = !isCritical || "milestone" in card.dataset;
    }
  }

  #before(row, rows) { return row.after.map((id) => rows[id]).filter((one) => one && !this.isOver(one)); }

  #behind(row, rows) { return Object.values(rows).filter((one) => one.after.includes(row.id) && !this.isOver(one)); }

  #looks(row, rows) {
    const near = [...this.#before(row, rows), ...this.#behind(row, rows)].map((one) => one.id);
    return JSON.stringify([row, near, this.isLate(row), this.troubles.get(row.id)]);
  }

  #draw(row, rows) {
    const old = this.root.querySelector(`[data-task="${row.id}"]`), fresh = this.#card(row, rows);
    const held = old?.contains(document.activeElement) ? document.activeElement : null;
    if (old) this.#keepWhatIsTyped(old, fresh);
    const shelf = this.root.querySelector(`[data-section="${this.section(row)}"]`);
    const next = [...shelf.children].find((other) => other !== old && this.#isAfter(rows[other.dataset.task], row));
    old?.remove();
    shelf.insertBefore(fresh, next ?? null);
    if (held) this.#twin(held, fresh).focus({ preventScroll: true });
  }

  /** Where the focus goes when its card is drawn anew: to the same thing, or to the card when that is gone. */
  #twin(held, fresh) {
    for (const name of ["name", "href", "data-verb"]) {
      const found = held.hasAttribute(name) && fresh.querySelector(`${held.tagName}[${name}="${CSS.escape(held.getAttribute(name))}"]:not([type=hidden])`);
      if (found) return found;
    }
    return held.tagName === "SUMMARY" && fresh.querySelector(`details[data-f="${held.parentElement.dataset.f}"] > summary`) || fresh;
  }

  #isAfter(other, row) {
    const order = other.due_at === row.due_at ? other.code.localeCompare(row.code) : other.due_at < row.due_at ? -1 : 1;
    return this.isOver(row) ? order < 0 : order > 0;
  }

  #card(row, rows) {
    const { element, part, write } = copy("card");
    const [label, tone] = this.texts.states[row.state] ?? [row.state, "idle"], section = this.section(row);
    Object.assign(element, { id: `task-${row.id}` });
    if (row.is_milestone) element.dataset.milestone = "";
    Object.assign(element.dataset, { task: row.id, tone: this.isLate(row) ? "bad" : tone });
    if (row.isSending) element.setAttribute("aria-busy", "true");
    write("title", this.title(row));
    for (const link of [part("title"), part("needs").firstElementChild]) link.href = link.getAttribute("href").replace("/tasks/0/", `/tasks/${row.id}/`);
    part("needs").hidden = !row.needs_evidence || row.evidence_count > 0 || row.state !== "started" || !this.isMine(row);
    part("talk").hidden = !row.evidence_count && !row.comment_count;
    for (const name of ["evidence", "comments"]) {
      const count = row[name === "evidence" ? "evidence_count" : "comment_count"];
      part(name).textContent = this.texts.words[name].replace("{count}", numbers.format(count));
    }
    write("state", label);
    part("state").dataset.tone = tone;
    write("firm", row.firm_name);
    write("slot", this.texts.slots[row.slot] ?? row.slot);
    write("problem", this.troubles.get(row.id) ?? this.texts.problems[row.exception_kind]);
    if (section === "done") for (const name of ["due", "expected", "critical"]) part(name).remove();
    else this.#due(part("due"), row);
    this.#links(part("waits"), row.state === "waiting" ? this.#before(row, rows) : []);
    this.#links(part("holds"), section === "mine" ? this.#behind(row, rows) : []);
    this.#quantity(element, part, row);
    this.#verbs(element, row);
    return element;
  }

  #due(place, row) {
    place.classList.toggle("late", this.isLate(row));
    const time = place.querySelector("time");
    Object.assign(time, { dateTime: row.due_at, textContent: until(row.due_at, this.now()) });
  }

  #links(place, rows) {
    if (!rows.length) return place.remove();
    const links = rows.flatMap((row, i) => {
      const link = Object.assign(document.createElement("a"), { href: `#task-${row.id}`, textContent: this.title(row) });
      return [i ? ", " : "", link, ` (${row.firm_name})`];
    });
    place.querySelector("[data-list]").replaceChildren(...links);
  }

  #quantity(element, part, row) {
    if (row.target_units === null) return part("quantity").remove();
    Object.assign(element.querySelector("progress"), { value: row.done_units, max: row.target_units || 1 });
    const words = this.texts.words.units_of.replace("{done}", numbers.format(row.done_units));
    part("units").textContent = words.replace("{target}", numbers.format(row.target_units));
  }

  #verbs(element, row) {
    const form = element.querySelector("form"), verbs = this.isMine(row) && !row.is_milestone ? this.texts.verbs[row.state] : [];
    if (!verbs.length) return form.remove();
    const counts = row.target_units !== null, sells = row.reports_revenue, ends = verbs.includes("finish");
    const wanted = { amounts: ends && (counts || sells), done_units: ends && counts, revenue_minor: ends && sells, short: ends && counts, unfounded: ends && Boolean(row.exception_kind) };
    for (const [name, isWanted] of Object.entries(wanted)) if (!isWanted) form.querySelector(`[data-f="${name}"]`)?.remove();
    for (const button of form.querySelectorAll("[data-verb]")) {
      const verb = button.dataset.verb;
      if (!verbs.includes(verb) || (verb === "progress" && !counts) || ("all" in button.dataset && !this.#mayFinishAll(row))) button.remove();
      else button.formAction = button.formAction.replace("/tasks/0/", `/tasks/${row.id}/`);
    }
    const all = form.querySelector("[data-all]");
    if (all) Object.assign(all, { value: row.target_units, textContent: this.texts.words.finish_all.replace("{count}", numbers.format(row.target_units)) });
    form.querySelector("[data-verb=finish]:not([data-all])")?.classList.toggle("quiet", Boolean(all));
    form.action = form.querySelector("[data-verb]").formAction;
    for (const input of form.querySelectorAll("input")) {
      if (input.name in row) input.defaultValue = row[input.name];
      if (input.id) { form.querySelector(`[for="${input.id}"]`).htmlFor = input.id + row.id; input.id += row.id; }
    }
    form.elements.expected_version.value = row.version;
    const money = form.elements.revenue_minor;
    if (money) this.#inMajorUnits(money);
  }

  /** A count that is not reached yet can be finished as a whole in one tap, where no money is reported with it. */
  #mayFinishAll(row) { return row.target_units !== null && row.done_units < row.target_units && !row.reports_revenue; }

  /** People type amounts, not hundredths; `collect` turns them back. */
  #inMajorUnits(input) {
    const scale = 10 ** this.places;
    input.form.querySelector(`[for="${input.id}"]`).textContent = this.texts.words.revenue.replace("{currency}", this.root.dataset.currency);
    Object.assign(input, { step: String(1 / scale), defaultValue: (Number(input.defaultValue) / scale).toFixed(this.places), inputMode: "decimal" });
    input.dataset.scale = scale;
  }

  /** What was typed into a card and is not sent yet stays; so do opened details. */
  #keepWhatIsTyped(old, fresh) {
    for (const input of old.querySelectorAll("input:not([type=hidden])")) {
      const same = fresh.querySelector(`[name="${input.name}"]`);
      if (!same) continue;
      if (input === document.activeElement) same.replaceWith(input); // the field itself, for only it knows where the cursor is
      else if (input.value !== input.defaultValue) same.value = input.value;
      same.checked = input.checked;
    }
    for (const details of old.querySelectorAll("details[open]")) fresh.querySelector(`details[data-f="${details.dataset.f}"]`)?.setAttribute("open", "");
  }
}

/** The numbers and texts of a card's form that go with `verb`. */
export function collect(form, verb) {
  const data = {};
  if (verb !== "progress" && verb !== "finish") return data;
  for (const { name, value, checked, dataset } of form.elements) {
    if (["done_units", "revenue_minor"].includes(name) && value !== "") data[name] = Math.round(Number(value) * Number(dataset.scale ?? 1));
    if (name === "shortfall" && value.trim()) data[name] = value.trim();
    if (name === "unfounded" && checked) data[name] = true;
  }
  return data;
}
