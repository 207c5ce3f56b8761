// The key "/" goes to the search box that is shown, unless the person is typing.
export function start(page) {
  page.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const box = [...page.querySelectorAll("[data-search]")].find((input) => input.offsetParent !== null);
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  for (const box of page.querySelectorAll("[data-search]")) {
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") box.blur();
    });
  }
}

export function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
