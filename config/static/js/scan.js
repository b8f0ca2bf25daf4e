// A label is read by the camera where the browser can read codes; everywhere its number can be typed.
import { toast } from "./app.js";

const EVERY = 200;
const place = document.querySelector("[data-scan]"), video = place.querySelector("video"), button = place.querySelector("button");
place.hidden = !("BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia);
button.addEventListener("click", start);

async function start() {
  let stream;
  try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch { return toast(place.dataset.denied); }
  Object.assign(video, { srcObject: stream, hidden: false });
  button.hidden = true;
  await video.play();
  const code = await read(new BarcodeDetector());
  stream.getTracks().forEach((track) => track.stop());
  navigator.vibrate?.(30);
  return location.assign(`?${new URLSearchParams({ code })}`);
}

/** Look again and again until there is a code in the picture. */
async function read(detector) {
  for (;;) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found?.rawValue) return found.rawValue;
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
}
