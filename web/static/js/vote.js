// Sends 有帮助/没帮助 without leaving the page and puts the thanks in its place.
// 有帮助 goes at once; 没帮助 waits for a reason. If anything fails, the form is sent the plain way.

export function watchVote(root) {
  const form = root.querySelector("form[data-vote]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    if (event.target.name === "vote" && event.target.value === "yes") form.requestSubmit();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
}

async function send(form) {
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
    const text = await response.text();
    if (!response.ok) throw new Error(String(response.status));
    const answer = new DOMParser().parseFromString(text, "text/html").querySelector("#vote");
    const thanks = answer?.querySelector(".thanks");
    if (!thanks) throw new Error("no answer");
    form.replaceWith(answer);
    thanks.focus();
  } catch {
    form.submit();
  }
}
