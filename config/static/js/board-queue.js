// Orders that are on their way to the server, kept on the device. They are sent in their order, all that wait in one
// batch, until each has an answer; a repeated one has the same id, so the server carries it out once.

const MOST = 50, MOST_BYTES = 15000, PAUSE = 3000;
const UNDECIDED = ["later", "not_tried"];
const bytes = (order) => new TextEncoder().encode(JSON.stringify(order)).length + 1;

export class Queue {
  /** `send(orders)` puts them on the line, `settled(order, answer)` hears what became of one, `changed()` how many wait. */
  constructor(name, { send, settled, changed }) {
    Object.assign(this, { name, send, settled, changed, flying: new Set(), pause: 0, isOpen: false, memory: "[]" });
  }

  get orders() { return JSON.parse(this.#stored()); }

  add(order) {
    this.#store([...this.orders, order]);
    this.next();
  }

  next() {
    if (!this.isOpen || this.flying.size || this.pause) return;
    const batch = [];
    let size = 0;
    for (const order of this.orders) {
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

  closed() { this.isOpen = false; this.flying.clear(); }

  /** The server cannot decide just now: ask again a little later. */
  #rest() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => { this.pause = 0; this.next(); }, PAUSE * (0.5 + Math.random()));
  }

  /** Another tab of the same board may have added some. Where nothing may be stored, this page remembers. */
  #stored() {
    try { return localStorage.getItem(this.name) ?? "[]"; } catch { return this.memory; }
  }

  #store(orders) {
    this.memory = JSON.stringify(orders);
    try {
      if (orders.length) localStorage.setItem(this.name, this.memory);
      else localStorage.removeItem(this.name);
    } catch { /* this page remembers */ }
    this.changed(orders.length);
  }
}
