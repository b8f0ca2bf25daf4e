// Orders that are on their way to the server, kept on the device. They are sent in their order, all that wait in one
// batch, until each has an answer; a repeated one has the same id, so the server carries it out once. An order is late
// when the connection was away before its answer came, or the page was: the answer then comes to somebody who may not
// remember it.

const MOST = 50, MOST_BYTES = 15000, PAUSE = 3000;
const UNDECIDED = ["later", "not_tried"];
const bytes = (order) => new TextEncoder().encode(JSON.stringify(order)).length + 1;

/** A UUID; `crypto.randomUUID` is missing where the page does not come by HTTPS. */
export function newId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return [...random].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

export class Queue {
  /** `send(orders)` puts them on the line, `settled(order, answer)` hears what became of one, `changed()` how many wait. */
  constructor(name, { send, settled, changed }) {
    Object.assign(this, { name, send, settled, changed, flying: new Set(), pause: 0, isOpen: false, memory: "[]" });
    this.#mark(true);
  }

  get orders() { return JSON.parse(this.#stored()); }

  add(order) {
    this.#store([...this.orders, this.isOpen ? order : { ...order, isLate: true }]);
    this.next();
  }

  /** Take an order back that was not sent yet, with those about the same task that were made on top of it. */
  takeBack(id) {
    const { orders } = this, at = orders.findIndex((order) => order.id === id);
    if (at < 0 || orders.some((order) => this.flying.has(order.id))) return false;
    this.#store(orders.filter((order, i) => i < at || (i > at && (order.task === null || order.task !== orders[at].task))));
    return true;
  }

  next() {
    if (!this.isOpen || this.flying.size || this.pause) return;
    const batch = [];
    let size = 0;
    for (const { isLate: _, ...order } of this.orders) {
      size += bytes(order);
      if (batch.length && (batch.length === MOST || size > MOST_BYTES)) break;
      batch.push(order);
    }
    if (!batch.length) return;
    this.flying = new Set(batch.map((order) => order.id));
    this.send(batch);
  }

  answered(answer) {
    this.flying.delete(answer.re);
    if (answer.code === "later") this.#rest();
    const order = this.orders.find((one) => one.id === answer.re);
    if (order && !UNDECIDED.includes(answer.code)) {
      this.#store(this.orders.filter((one) => one.id !== order.id));
      this.settled(order, answer);
    }
    this.next();
  }

  opened() { this.isOpen = true; this.flying.clear(); this.next(); }

  closed() { this.isOpen = false; this.flying.clear(); this.#mark(); }

  /** What waits at this moment is late: nobody knows when it will be answered. */
  #mark(isSilent = false) {
    const { orders } = this;
    if (orders.some(({ isLate }) => !isLate)) this.#store(orders.map((order) => ({ ...order, isLate: true })), isSilent);
  }

  /** The server cannot decide just now: ask again a little later. */
  #rest() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => { this.pause = 0; this.next(); }, PAUSE * (0.5 + Math.random()));
  }

  /** Another tab of the same board may have added some. Where nothing may be stored, this page remembers. */
  #stored() {
    try { return localStorage.getItem(this.name) ?? "[]"; } catch { return this.memory; }
  }

  #store(orders, isSilent = false) {
    this.memory = JSON.stringify(orders);
    try {
      if (orders.length) localStorage.setItem(this.name, this.memory);
      else localStorage.removeItem(this.name);
    } catch { /* this page remembers */ }
    if (!isSilent) this.changed(orders.length);
  }
}
