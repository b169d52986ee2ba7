// Sends one picture to the server, which decodes it and writes it anew.
// POST multipart `file`, header X-CSRF-Token; the answer is {url, width, height, alt} or {error}.

import { inert } from "./paste.js";

export async function upload(file, address, say) {
  const body = new FormData();
  body.append("file", file, file.name || "picture.png");
  const token = document.querySelector('meta[name="csrf"]')?.content ?? "";
  let answer;
  try {
    const response = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token, Accept: "application/json" } });
    answer = await response.json();
  } catch {
    throw new Error(say("图片没有传上。请看看网络，再传一次。"));
  }
  if (!answer.url) throw new Error(answer.error ?? say("图片没有传上。请看看网络，再传一次。"));
  return answer;
}

export const pictureFiles = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));

// Copying a picture in a browser gives the file and an <img>; Word and Excel give a drawing of the text and the text.
export function isPictureOnly(transfer) {
  const html = transfer?.getData("text/html") ?? "";
  if (!html) return true;
  const body = inert(html);
  return !body.textContent.trim() && body.querySelectorAll("img").length === 1;
}
