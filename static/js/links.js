// Buttons with data-copy="text" copy it; data-print prints.
export function start(page) {
  page.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) { window.print(); return; }
    const label = button.querySelector("[data-label]") || button;
    const before = label.textContent;
    await navigator.clipboard.writeText(button.dataset.copy || location.href);
    label.textContent = page.body.dataset.textCopied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}
