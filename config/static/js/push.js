// Notices on this device: asks the browser, tells the platform where its messages go, and takes it back.
import { csrf, toast } from "./app.js";
import { TOLD } from "./offline.js";

const place = document.querySelector("[data-push]");
const button = place.querySelector("button");
const isPossible = "PushManager" in window && "serviceWorker" in navigator && isSecureContext;

place.querySelector("[data-impossible]").hidden = isPossible;
button.hidden = !isPossible;
button.addEventListener("click", async () => {
  button.disabled = true;
  try { await connect(); } catch (failed) { toast(failed.name === "AbortError" ? place.dataset.noService : failed.message); }
  button.disabled = false;
});

async function connect() {
  if (await Notification.requestPermission() !== "granted") return toast(place.dataset.denied);
  await navigator.serviceWorker.register("/sw.js");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: place.dataset.key });
  const { endpoint, keys } = subscription.toJSON();
  const sent = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, device: device(), csrfmiddlewaretoken: csrf() });
  const answer = await fetch(place.dataset.to, { method: "POST", body: sent, headers: { Accept: "application/json" } });
  if (answer.ok) {
    localStorage.setItem(TOLD, document.body.dataset.person);
    return location.reload();
  }
  await subscription.unsubscribe();
  return toast((await answer.json()).text);
}

/** What a person knows this browser by: "Chrome, Android". */
function device() {
  const known = navigator.userAgentData;
  const browser = known?.brands.find(({ brand }) => !/Not|Chromium/.test(brand))?.brand ?? /(Firefox|Edg|Chrome|Safari)/.exec(navigator.userAgent)?.[1] ?? "";
  return [browser, known?.platform ?? navigator.platform].filter(Boolean).join(", ");
}
