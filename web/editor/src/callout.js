// 注意: a quote that begins with a bold 注意：. Pressing again takes both away.

export const WORD = "注意：";

export function toggleCallout(editor) {
  if (editor.isActive("blockquote")) {
    const { $from } = editor.state.selection;
    const depth = [...Array($from.depth + 1).keys()].reverse().find((level) => $from.node(level).type.name === "blockquote");
    const start = $from.start(depth) + 1;
    const starts = $from.node(depth).textContent.startsWith(WORD);
    const chain = editor.chain().focus();
    if (starts) chain.deleteRange({ from: start, to: start + WORD.length });
    return chain.lift("blockquote").run();
  }
  return editor
    .chain()
    .focus()
    .clearNodes()
    .wrapIn("blockquote")
    .command(({ tr, state }) => {
      const start = tr.selection.$from.start();
      tr.insert(start, state.schema.text(WORD, [state.schema.marks.bold.create()]));
      tr.setStoredMarks([]);
      return true;
    })
    .run();
}
