// Topics of a technology or a need: a press on a proposed one ticks it in the list below, which saving in the background
// then stores. Counts beside the groups follow. Without JavaScript the button sends the form, and the answer has it ticked.
export function start(page) {
  for (const field of page.querySelectorAll("[data-topics]")) {
    field.addEventListener("click", (event) => choose(field, event));
    field.addEventListener("change", () => count(field));
  }
}

function choose(field, event) {
  const button = event.target.closest("button[name=add-topic]");
  const box = button && field.querySelector(`input[value="${CSS.escape(button.value)}"]`);
  if (!box) return;
  event.preventDefault();
  box.checked = true;
  box.closest("details").open = true;
  button.remove();
  count(field);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function count(field) {
  for (const group of field.querySelectorAll("details")) {
    const chosen = group.querySelectorAll("input:checked").length;
    const mark = group.querySelector("[data-chosen]");
    mark.textContent = String(chosen);
    mark.hidden = !chosen;
  }
}
