// The Markdown view. The server turns one form into the other, so both say the same:
// POST data-convert with `html` gives {markdown}, with `markdown` gives {html}; or {error}.

export async function convert(address, name, value, say) {
  const token = document.querySelector('meta[name="csrf"]')?.content ?? "";
  const lost = say("没有换过去，您写的内容还在。请再点一次。");
  let answer;
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ [name]: value }),
      headers: { "X-CSRF-Token": token, Accept: "application/json" },
    });
    answer = await response.json();
  } catch {
    throw new Error(lost);
  }
  const wanted = name === "html" ? answer.markdown : answer.html;
  if (typeof wanted !== "string") throw new Error(answer.error ?? lost);
  return wanted;
}
