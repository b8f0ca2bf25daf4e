// The page of a task: a photo from the camera goes up as soon as it is taken, in a size that a bad line can carry.
import { toast } from "./app.js";

const LONGEST = 2048, QUALITY = 0.85;
const form = document.querySelector("[data-camera]");

form?.querySelector("input[type=file]").addEventListener("change", async ({ target }) => {
  const [photo] = target.files;
  if (!photo) return;
  if (!navigator.onLine) { target.value = ""; toast(form.dataset.offline); return; }
  form.setAttribute("aria-busy", "true");
  const small = await smaller(photo).catch(() => null); // a kind of picture that this browser cannot draw goes as it is
  if (small && small.size < photo.size) {
    const carrier = new DataTransfer();
    carrier.items.add(new File([small], photo.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
    target.files = carrier.files;
  }
  form.requestSubmit();
});

async function smaller(photo) {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
}
