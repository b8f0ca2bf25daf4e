// The service worker. Pages that the server allows to be kept (header X-Keep: whose page it is) are kept on the
// device with what they are made of, and shown when there is no connection, marked with the time they are from.
// It comes from /sw.js, so that it covers the whole platform. The network always goes first.
const PARTS = "parts", PAGES = "pages", READER = "/kept-for", WAITING = "/offline/";
const PATIENCE = 4000, FRESH = 600000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), registration.navigationPreload?.enable()])));
self.addEventListener("message", (event) => event.waitUntil(keep(event.data.keep ?? [])));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") visit(event);
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(event));
});

async function install() {
  await (await caches.open(PARTS)).add(new Request(WAITING, { cache: "reload" }));
  await skipWaiting();
}

/** The worker may not rest before the network has answered, also when a copy is shown meanwhile. */
function visit(event) {
  const fresh = load(event);
  event.waitUntil(fresh.then((answer) => settle(event.request.url, answer.clone()), () => null));
  event.respondWith(page(event, fresh));
}

/** A page from the network; a kept copy where there is none, or where it takes too long. */
async function page(event, fresh) {
  const copy = await copyOf(event.request.url);
  const late = copy && new Promise((resolve) => { setTimeout(resolve, PATIENCE, copy); });
  try {
    const answer = await Promise.race(late ? [fresh, late] : [fresh]);
    return answer.status >= 502 && copy ? copy.clone() : answer;
  } catch {
    return copy ?? (await caches.match(WAITING)) ?? Response.error();
  }
}

async function load(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/** Keep a page, or let go of one that this person may not see any more. */
async function settle(address, answer) {
  if (answer.headers.has("X-Forget")) return caches.delete(PAGES); // nobody is signed in: the next one may be another person
  const reader = answer.headers.get("X-Keep"), place = plain(address);
  if ([403, 404, 410].includes(answer.status)) return (await kept(place)) && (await caches.open(PAGES)).delete(place);
  if (!reader || !answer.ok || answer.redirected) return undefined;
  const known = await kept(READER);
  if (known && (await known.text()) !== reader) await caches.delete(PAGES); // another person has this device now
  const fresh = await caches.open(PAGES), headers = new Headers(answer.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  await fresh.put(READER, new Response(reader));
  return fresh.put(place, new Response(await answer.text(), { headers }));
}

/** What was kept of a page, with the time that it is from written into it. */
async function copyOf(address) {
  const copy = await kept(plain(address));
  if (!copy) return null;
  const text = await copy.text(), at = copy.headers.get("X-Kept-At");
  return new Response(text.replace("<html ", `<html data-as-of="${at}" `), { headers: copy.headers });
}

async function part(event) {
  try {
    const answer = await fetch(event.request), copy = answer.clone();
    if (answer.ok) event.waitUntil(caches.open(PARTS).then((parts) => parts.put(event.request, copy)));
    return answer;
  } catch {
    return (await caches.match(event.request, { ignoreVary: true })) ?? Response.error();
  }
}

/** Fetch what a page names: on the first visit, that page itself and its parts. What is fresh is left as it is.
    Nobody looks at these copies: what the server has to say once waits for a page that somebody sees. */
async function keep(addresses) {
  const parts = await caches.open(PARTS);
  for (const address of addresses) {
    const isPart = new URL(address, location).pathname.startsWith("/static/");
    const known = await (isPart ? parts.match(address) : kept(plain(address)));
    if (known && (isPart || Date.now() - Date.parse(known.headers.get("X-Kept-At")) < FRESH)) continue;
    const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Keeping": "1" } }).catch(() => null);
    if (answer?.ok && isPart) await parts.put(address, answer);
    else if (answer) await settle(address, answer);
  }
}

/** Looks without opening: after a sign-out nothing is to be there, not even an empty place for pages. */
function kept(place) {
  return caches.match(place, { cacheName: PAGES });
}

/** An address without what comes behind its path. */
function plain(address) {
  const { origin, pathname } = new URL(address, location);
  return origin + pathname;
}

/* what is told to this device */

self.addEventListener("push", (event) => event.waitUntil(notify(event.data?.json() ?? {})));
self.addEventListener("notificationclick", (event) => { event.notification.close(); event.waitUntil(open(event.notification.data)); });

function notify({ title = "Murmuration", body = "", url = "/notices/", tag = "" }) {
  const icon = "/static/icons/icon-192.png";
  return registration.showNotification(title, { body, tag, icon, badge: icon, data: url, renotify: Boolean(tag) });
}

/** One tap leads to what the notice is about: in a window of the platform that is open, else in a new one. */
async function open(url) {
  const address = new URL(url, location);
  if (address.origin !== location.origin) return undefined;
  const [shown] = await clients.matchAll({ type: "window" });
  if (!shown) return clients.openWindow(address);
  await shown.focus().catch(() => null);
  return shown.navigate(address);
}
