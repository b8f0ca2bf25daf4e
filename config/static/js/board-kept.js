// What a board keeps on the device beside the orders that wait: its newest state, so that it can be read without a
// connection, and the orders that were refused when they came in late, until the person has decided about them.

const CALM = 1000;

export class Kept {
  /** `name` is of this person and this board. */
  constructor(name) { Object.assign(this, { state: `board-state:${name}`, no: `board-refused:${name}`, timer: 0, memory: [] }); }

  /** A state that is newer than the page's, with the time at which it was true: what came in after it was drawn. */
  newer({ epoch, version }) {
    const found = read(this.state);
    return found && found.state.epoch === epoch && found.state.version > version ? found : null;
  }

  /** Keep a state soon, once for many changes; at once when the page is put away. */
  keep(state, at) {
    this.latest = { at, state };
    this.timer ||= setTimeout(() => this.flush(), CALM);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.latest) return;
    if (!write(this.state, this.latest)) { makeRoom(this.state); write(this.state, this.latest); }
    this.latest = null;
  }

  forget() { this.latest = null; drop(this.state); }

  get refused() { return read(this.no) ?? this.memory; }

  set refused(list) {
    this.memory = list;
    if (list.length) write(this.no, list); else drop(this.no);
  }
}

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function write(name, content) {
  try { localStorage.setItem(name, JSON.stringify(content)); return true; } catch { return false; }
}

function drop(name) {
  try { localStorage.removeItem(name); } catch { /* nothing is kept here */ }
}

/** The device is full: other boards' states can be fetched again, orders cannot. */
function makeRoom(but) {
  for (const name of Object.keys(localStorage)) if (name.startsWith("board-state:") && name !== but) localStorage.removeItem(name);
}
