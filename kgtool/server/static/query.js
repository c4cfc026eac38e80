// What a form cannot do by itself: Ctrl+Enter runs the query, and the place of a mistake is selected.
"use strict";
const editor = document.getElementById("query");
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    editor.form.requestSubmit();
  }
});
document.getElementById("keys").hidden = false;
const { line, column } = editor.dataset;
if (line) {
  const before = editor.value.split("\n").slice(0, line - 1);
  // Columns count code points, the editor counts units of UTF-16.
  const text = [...(editor.value.split("\n")[line - 1] ?? "")];
  const start = before.join("").length + before.length + text.slice(0, column - 1).join("").length;
  const word = text.slice(column - 1).join("").match(/^[^\s]+/);
  editor.focus();
  editor.setSelectionRange(start, start + (word ? word[0].length : 1));
}
