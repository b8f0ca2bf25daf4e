// A task of one's own is moved to its next state, or back, by dragging its card to a place at the lower edge. A finger
// holds the card first, so that scrolling never moves anything; a mouse just pulls. The buttons on the card do the
// same without dragging, and by keyboard.
const HOLD = 350, SLIP = 8, PULL = 6;
const NOT_HERE = "a, button, input, select, textarea, label, summary";

export class Moves {
  /** `labels` names the verbs; a drop presses the button of its verb on the card. */
  constructor(root, labels) {
    Object.assign(this, { root, labels, bar: root.querySelector("[data-drops]"), held: null, timer: 0 });
    root.addEventListener("pointerdown", (event) => this.#take(event));
    addEventListener("pointermove", (event) => this.#move(event));
    addEventListener("pointerup", (event) => this.#drop(event));
    addEventListener("pointercancel", () => this.#end());
    addEventListener("keydown", ({ key }) => { if (key === "Escape") this.#end(); });
    root.addEventListener("contextmenu", (event) => { if (this.isLifted) event.preventDefault(); });
    root.addEventListener("touchmove", (event) => { if (this.isLifted) event.preventDefault(); }, { passive: false });
  }

  get isLifted() { return Boolean(this.held?.isLifted); }

  #take(event) {
    const card = event.target.closest("[data-task]");
    if (!card || !event.isPrimary || event.button || event.target.closest(NOT_HERE) || !this.#buttons(card).length) return;
    this.held = { card, id: event.pointerId, x: event.clientX, y: event.clientY, isMouse: event.pointerType === "mouse", isLifted: false, over: null };
    if (!this.held.isMouse) this.timer = setTimeout(() => this.#lift(), HOLD);
  }

  #move({ pointerId, clientX, clientY, buttons }) {
    const { held } = this;
    if (held?.id !== pointerId) return;
    const far = Math.hypot(clientX - held.x, clientY - held.y);
    if (!held.isLifted && held.isMouse && far > PULL && buttons) this.#lift();
    else if (!held.isLifted && !held.isMouse && far > SLIP) return this.#end();
    if (!held.isLifted) return;
    held.card.style.translate = `0 ${clientY - held.y}px`; // not to the side: a page that grows wider is zoomed by phones
    held.over = document.elementFromPoint(clientX, clientY)?.closest(".drop") ?? null;
    for (const zone of this.bar.children) zone.toggleAttribute("data-over", zone === held.over);
  }

  #lift() {
    const { held } = this;
    held.isLifted = true;
    getSelection()?.removeAllRanges();
    navigator.vibrate?.(15);
    held.card.classList.add("lifted");
    this.bar.replaceChildren(...this.#buttons(held.card).map(({ dataset: { verb } }) =>
      Object.assign(document.createElement("div"), { className: "drop", textContent: this.labels[verb], verb })));
    this.bar.hidden = false;
  }

  /** What was shown as the place is the place. */
  #drop({ pointerId }) {
    const { held } = this;
    if (held?.id !== pointerId) return;
    const zone = held.over;
    const button = zone && this.#buttons(held.card).find(({ dataset: { verb } }) => verb === zone.verb);
    this.#end();
    if (button) button.form.requestSubmit(button);
  }

  #end() {
    clearTimeout(this.timer);
    if (this.held) {
      this.held.card.classList.remove("lifted");
      this.held.card.style.translate = "";
    }
    this.held = null;
    this.bar.hidden = true;
  }

  /** What the card may become: one button for each verb but for saving, the quickest first. */
  #buttons(card) {
    const found = [...card.querySelectorAll("[data-verb]:not([data-verb=progress])")];
    return found.filter((one, i) => found.findIndex(({ dataset }) => dataset.verb === one.dataset.verb) === i);
  }
}
