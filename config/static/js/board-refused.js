// Orders that came in late and were refused: what was wanted, why not, and how it stands now. They stay until the
// person does them again, on top of what is there now, or lets them go.
import { copy, numbers } from "./board-cards.js";

export class Refused {
  /** `row(id)` is a task as it stands, `title(row)` its name, `again(order, row)` orders once more. */
  constructor(root, texts, kept, hooks) {
    Object.assign(this, { place: root.querySelector("[data-refused]"), texts, kept, hooks });
    this.place.addEventListener("click", ({ target }) => this.#decide(target.closest("button")));
  }

  add(order, why) { this.kept.refused = [...this.kept.refused, { order, why }]; }

  show() {
    const list = this.kept.refused, looks = JSON.stringify([list, list.map(({ order }) => this.hooks.row(order.task)?.version)]);
    if (looks === this.looks) return;
    this.looks = looks;
    this.place.hidden = !list.length;
    this.place.querySelector("ol").replaceChildren(...list.map((one) => this.#entry(one)));
  }

  #entry({ order, why }) {
    const { element, part, write } = copy("refused"), row = this.hooks.row(order.task), { words } = this.texts;
    element.dataset.id = order.id;
    write("what", [this.texts.orders[order.verb] ?? order.verb, row && this.hooks.title(row), this.#amounts(order)].filter(Boolean).join(" · "));
    write("why", why);
    write("now", row && `${words.now} ${this.texts.states[row.state]?.[0] ?? row.state}${row.target_units === null ? "" : ` · ${this.#units(row)}`}`);
    part("again").hidden = Boolean(order.task) && !(row && this.texts.verbs[row.state].includes(order.verb));
    return element;
  }

  #amounts({ data }) {
    const said = [data.place, data.text, data.done_units ?? data.units];
    return said.filter((one) => one !== undefined && one !== null).map((one) => (typeof one === "number" ? numbers.format(one) : one)).join(", ");
  }

  #units(row) {
    return this.texts.words.units_of.replace("{done}", numbers.format(row.done_units)).replace("{target}", numbers.format(row.target_units));
  }

  #decide(button) {
    if (!button) return;
    const id = button.closest("[data-id]").dataset.id, list = this.kept.refused, found = list.find(({ order }) => order.id === id);
    this.kept.refused = list.filter((one) => one !== found);
    if (button.dataset.f === "again") this.hooks.again(found.order, this.hooks.row(found.order.task) ?? null);
    this.show();
  }
}
