// The device's part: installs the service worker, tells it what to keep, and empties the device at the end.
const root = document.documentElement;
export const TOLD = "told"; // whose notices this browser shows

/** After the page is there: keep it and its parts, and the list of tasks, which is looked for first. */
export async function install() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  const isFirst = !navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  await leaveToTheirOwner();
  if (root.dataset.asOf || !navigator.onLine) return;
  const parts = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = parts.filter((name) => name.startsWith(`${location.origin}/static/`));
  active.postMessage({ keep: [...(isFirst ? [location.pathname, ...own] : own), "/desk/"] });
}

/** Who signs out takes along what is private; what was not sent yet is asked about, for it would be lost. */
export function guardTheEnd(form) {
  form.addEventListener("submit", (event) => {
    const unsent = names(/^board(-refused)?:/).length;
    if (unsent && !confirm(form.dataset.unsent)) return event.preventDefault();
    forget();
  });
}

/** Let go of every page and state that is kept here for this person; another one's orders on a shared device stay. */
function forget() {
  for (const name of names(/^board/)) localStorage.removeItem(name);
  self.caches?.delete("pages");
  silence();
}

/** Another person has this device now: what was kept to be read for the one before goes, and so do their notices. */
async function leaveToTheirOwner() {
  const me = document.body.dataset.person, states = Object.keys(localStorage).filter((name) => name.startsWith("board-state:"));
  for (const name of states) if (!name.includes(`:${me}:`)) localStorage.removeItem(name);
  if ((localStorage.getItem(TOLD) ?? me) !== me) await silence();
}

async function silence() {
  const subscription = await (await navigator.serviceWorker?.ready)?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  localStorage.removeItem(TOLD);
}

function names(kind) {
  const mine = `:${document.body.dataset.person}:`;
  try { return Object.keys(localStorage).filter((name) => kind.test(name) && name.includes(mine)); } catch { return []; }
}
