// Orders that are on their way to the server, kept on the device. They are sent in their order, one after the other,
// until each has an answer; a repeated one has the same id, so the server carries it out once.

export class Queue {
  /** `send(order)` puts one on the line, `settled(order, answer)` hears what became of it, `changed()` how many wait. */
  constructor(name, { send, settled, changed }) {
    Object.assign(this, { name, send, settled, changed, flying: null, isOpen: false, memory: "[]" });
  }

  get orders() { return JSON.parse(this.#stored()); }

  add(order) {
    this.#store([...this.orders, order]);
    this.next();
  }

  next() {
    const [first] = this.orders;
    if (!this.isOpen || this.flying || !first) return;
    this.flying = first.id;
    this.send(first);
  }

  answered(answer) {
    const order = this.orders.find((one) => one.id === answer.re);
    if (this.flying === answer.re) this.flying = null;
    if (order) {
      this.#store(this.orders.filter((one) => one !== order && one.id !== order.id));
      this.settled(order, answer);
    }
    this.next();
  }

  opened() { this.isOpen = true; this.flying = null; this.next(); }

  closed() { this.isOpen = false; this.flying = null; }

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
