// The line to the server: a socket that is opened again for as long as the board lives. Who comes back says which
// version it has, and gets the rest.
const FIRST = 400, LONGEST = 20000, SPREAD = 3000, DEAF = 40000, CALM = 10000, LATE = 5000;
const GONE = { RESTART: 1012, NOBODY: 4401, UNSEEN: 4404, ENDED: 4410, FLOOD: 4429 };

export class Line {
  /** `since()` says what this page has; `hear(frame)` takes a frame; `opened()`, `lost()`, `late()`, `ended()` tell how it is. */
  constructor(key, hooks) {
    Object.assign(this, { key, hooks, socket: null, failures: 0, heard: 0, isOver: false, timer: 0, lateTimer: 0 });
    setInterval(() => { if (this.socket?.readyState === WebSocket.OPEN && Date.now() - this.heard > DEAF) this.again(); }, 5000);
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => { if (!this.isOver) this.again(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#hurry(); });
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.socket = new WebSocket(`${scheme}://${location.host}/ws/alliances/${this.key}/?lang=${document.documentElement.lang}`);
    socket.onopen = () => { this.heard = Date.now(); this.say({ t: "since", ...this.hooks.since() }); };
    socket.onmessage = ({ data }) => { this.heard = Date.now(); this.#hear(socket, data.split("\n")); };
    socket.onclose = ({ code }) => { if (socket === this.socket) this.#lost(code); };
  }

  /** A message has one frame a line; one of them may end the line that it came on. */
  #hear(socket, frames) { for (const frame of frames) if (socket === this.socket) this.hooks.hear(JSON.parse(frame)); }

  say(frame) { if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame)); }

  /** The server has greeted: the line works. */
  greeted() {
    clearTimeout(this.lateTimer);
    this.failures = this.lateTimer = 0;
    this.hooks.opened();
  }

  /** Begin again from what this page has; the old line may be dead without knowing it. */
  again() {
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.#lost(0);
  }

  end() { this.isOver = true; clearTimeout(this.lateTimer); }

  #lost(code) {
    this.hooks.lost();
    if (code === GONE.NOBODY) return location.reload();
    if (code === GONE.ENDED || code === GONE.UNSEEN) return this.hooks.ended();
    this.lateTimer ||= setTimeout(() => this.hooks.late(), LATE);
    clearTimeout(this.timer);
    // a server that restarts lets everybody go at once: they come back one after the other
    const first = code === GONE.RESTART ? SPREAD : FIRST;
    const soon = code === GONE.FLOOD ? CALM : Math.min(LONGEST, first * 2 ** this.failures++);
    const pause = navigator.onLine ? soon : LONGEST; // the browser says when there is a network again
    this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random()));
  }

  /** There may be a connection again: do not wait for the next try. */
  #hurry() {
    if (this.isOver || this.socket?.readyState <= WebSocket.OPEN) return;
    this.failures = 0;
    this.connect();
  }
}
