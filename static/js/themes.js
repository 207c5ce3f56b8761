// The light/dark button: starts from the system's preference, remembers the person's own choice.
export function start(page) {
  const button = page.querySelector("[data-theme-toggle]");
  if (!button) return;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (page.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => button.setAttribute("aria-label", isDark() ? button.dataset.light : button.dataset.dark);
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    page.documentElement.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* the choice then lasts for this page only */ }
    name();
  });
  system.addEventListener("change", name);
  name();
}
