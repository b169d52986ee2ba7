// A strip below the text (so that nothing moves while one writes) for what a button needs to know: where a link leads, what a picture shows.

let count = 0;

export function strip({ say, leave }) {
  const element = document.createElement("div");
  element.className = "tool-strip";
  element.hidden = true;
  const close = () => {
    element.hidden = true;
    element.replaceChildren();
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    leave();
  });

  // One field and its buttons; Enter is the first button. The strip stands inside no form of its own.
  const ask = ({ label, value, hint, actions }) => {
    const name = document.createElement("label");
    const input = document.createElement("input");
    input.className = "input";
    input.id = `tool-field-${(count += 1)}`;
    input.value = value;
    name.htmlFor = input.id;
    name.textContent = say(label);
    if (hint) input.placeholder = say(hint);
    const buttons = actions.map(({ text, run }) => pressable(say(text), () => run(input.value.trim(), close)));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      buttons[0].click();
    });
    element.replaceChildren(name, input, ...buttons);
    element.hidden = false;
    return input;
  };

  const offer = (actions) => {
    element.replaceChildren(...actions.map(({ text, run }) => pressable(say(text), run)));
    element.hidden = false;
  };

  return { element, ask, offer, close };
}

function pressable(text, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-plain";
  element.textContent = text;
  element.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("click", run);
  return element;
}
