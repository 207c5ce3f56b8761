// The light/dark buttons: start from the system's preference, remember the person's own choice.
export function start(page) {
  const buttons = page.querySelectorAll("[data-theme-toggle]");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (page.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => {
    for (const button of buttons) button.setAttribute("aria-label", isDark() ? button.dataset.light : button.dataset.dark);
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      page.documentElement.dataset.theme = next;
      try { localStorage.setItem("theme", next); } catch { /* the choice then lasts for this page only */ }
      name();
    });
  }
  system.addEventListener("change", name);
  name();
}
